// What the models see: robots, pictures and texts.

import { LineChart } from "./charts.js";
import { draw, el, keyed, number, say, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const robotCharts = new Map();
const ROBOT_CURVES = {
  latency: ["Latency of actions", "ms, observed until chosen"],
  misses: ["Deadlines missed", "% of steps"],
  surprise: ["Surprise", "nats a step"],
};

export function robots(data, incidents) {
  byId("robots").hidden = data.count === 0 && data.actions === 0;
  const latency = data.p50Millis === undefined ? ""
    : `; newest 1,024 actions were there after ${number(data.p50Millis)} ms (p50) and ${number(data.p99Millis)} ms (p99)`;
  const missed = data.steps ? `; ${whole(data.misses)} of ${whole(data.steps)} deadlines missed (${number(100 * data.misses / data.steps)} %)` : "";
  say(byId("robots-summary"), `${whole(data.count)} robots, ${whole(data.actions)} actions read${latency}${missed}.`);
  const host = byId("robot-charts");
  for (const [curve, [title, unit]] of Object.entries(ROBOT_CURVES)) {
    const values = data.curves[curve];
    if (values) {
      if (!robotCharts.has(curve)) {
        robotCharts.set(curve, new LineChart(host, { title, unit, height: 110, least: 0 }));
      }
      const series = [{ label: "mean", values: values.mean, style: "s0" }];
      if (curve === "latency") {
        series.push({ label: "longest", values: values.max, style: "s1" });
      }
      robotCharts.get(curve).update({ endMillis: data.endMillis, stepMillis: data.stepMillis, series, incidents: incidents() });
    }
  }
  keyed(byId("robot-list"), data.robots, (robot) => robot.name,
    () => el("li", {}, el("canvas", { class: "frame-picture" }), el("span", {}), el("span", {}), el("span", {})),
    (item, robot) => {
      const [frame, name, earned, missed] = item.children;
      frame.setAttribute("role", "img");
      frame.setAttribute("aria-label", `What ${robot.name} sees`);
      frame.hidden = robot.width === 0;
      draw(frame, { ...robot, channels: 3 });
      say(name, robot.name);
      say(earned, robot.lastReturn === undefined ? "no whole episode yet" : `returned ${number(robot.lastReturn)}`);
      say(missed, `${whole(robot.misses)} of ${whole(robot.steps)} missed`);
    });
}

let newestPictures = null;

export function pictures(data) {
  newestPictures = data;
  const all = [...data.newest, ...data.judged];
  byId("pictures").hidden = all.length === 0;
  const names = [...new Set(all.flatMap((picture) => Object.keys(picture.guesses)))].sort();
  const choice = byId("picture-model");
  if (names.join() !== [...choice.options].map((option) => option.value).join()) {
    const before = choice.value;
    choice.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
    choice.value = names.includes(before) ? before : names.find((name) => name !== "frozen") ?? names[0];
  }
  showPictures();
}

byId("picture-model").addEventListener("change", showPictures);

function showPictures() {
  const model = byId("picture-model").value;
  byId("judged-title").hidden = newestPictures.judged.length === 0;
  for (const [list, shown] of [["newest-pictures", newestPictures.newest], ["judged-pictures", newestPictures.judged]]) {
    keyed(byId(list), shown, (picture) => picture.id,
      () => el("li", {}, el("canvas", { class: "picture", role: "img" }), el("span", {}), el("span", {})),
      (item, picture) => {
        const [canvas, guessed, truth] = item.children;
        const guess = picture.guesses[model];
        draw(canvas, picture);
        const right = guess && picture.trueClass === guess.label;
        const known = picture.trueClass !== undefined && guess;
        say(guessed, guess ? `class ${guess.label}, ${Math.round(100 * guess.probability)} %` : "no answer");
        say(truth, known ? (right ? "✓ right" : `✗ it is ${picture.trueClass}`) : "label not come");
        item.dataset.verdict = known ? (right ? "right" : "wrong") : "open";
        canvas.setAttribute("aria-label", `Picture ${picture.id}`);
      });
  }
}

export function texts(data) {
  byId("texts").hidden = data.texts.length === 0;
  keyed(byId("text-list"), data.texts, (text) => `${text.model}/${text.source}/${text.sequence}`,
    () => el("li", {}, el("p", { class: "head" }), el("p", { class: "text" }), el("div", {}), el("div", {}), el("p", { class: "quiet" })),
    (item, text) => {
      const [head, end, next, neighbours, shares] = item.children;
      say(head, `${text.model} v${text.version} · ${text.source} ${text.sequence}${text.asked ? " · asked, not learned" : ""}`
        + ` · ${number(text.bitsPerByte)} bits/byte`);
      say(end, text.end ?? "(the text itself was not read)");
      keyed(next, [null, ...text.next], (token) => token ? token.token : "", () => el("span", {}),
        (chip, token) => {
          chip.className = token ? "chip" : "quiet";
          say(chip, token ? `${visible(token.token)} ${Math.round(100 * token.probability)} %` : "may follow ");
        });
      keyed(neighbours, [null, ...text.neighbours], (one) => one ? one.position : "", () => el("span", {}),
        (chip, one) => {
          chip.className = one ? "chip" : "quiet";
          say(chip, one ? `${visible(one.token)} ${number(Math.sqrt(one.squaredDistance))}`
            : text.neighbours.length ? "followed the nearest contexts, by distance " : "no neighbours");
        });
      say(shares, `believed: model ${percent(text.modelShare)}, neighbours ${percent(text.neighbourShare)}, contexts ${percent(text.contextShare)}`);
    });
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Spaces and line ends as signs: a token is often nothing else. */
function visible(token) {
  return token.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥");
}

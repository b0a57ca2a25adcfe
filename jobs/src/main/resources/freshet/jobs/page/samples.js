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
  say(byId("robot-expected"), aboutExpected(data));
  keyed(byId("robot-list"), data.robots, (robot) => robot.name, makeRobot,
    (item, robot) => {
      const [frames, name, expected, earned, missed] = item.children;
      showFrames(frames, robot);
      say(name, robot.name);
      say(expected, robot.expected ? aboutFit(robot.expected) : "");
      say(earned, robot.lastReturn === undefined ? "no whole episode yet" : `returned ${number(robot.lastReturn)}`);
      say(missed, `${whole(robot.misses)} of ${whole(robot.steps)} missed`);
    });
}

function makeRobot() {
  const frame = () => el("canvas", { class: "frame-picture", role: "img" });
  return el("li", {}, el("div", { class: "frames" }, frame(), frame()), ...[1, 2, 3, 4].map(() => el("span", {})));
}

/** What a robot sees; with an expectation, what came at that step and beside it what was expected. */
function showFrames(frames, robot) {
  const [came, expected] = frames.children;
  const shot = robot.expected;
  frames.parentElement.dataset.pair = shot !== undefined;
  came.hidden = robot.width === 0;
  came.setAttribute("aria-label", shot ? `What ${robot.name} saw at step ${shot.step}` : `What ${robot.name} sees`);
  draw(came, shot ? { ...shot, samples: shot.came, channels: 3 } : { ...robot, channels: 3 });
  expected.hidden = !shot;
  if (shot) {
    expected.setAttribute("aria-label", `What was expected of step ${shot.step}: the frame that fits best`);
    draw(expected, { ...shot, channels: 3 });
  }
}

function aboutFit({ step, better, candidates }) {
  return `step ${whole(step)}: came, expected; ${better === 0 ? "none" : whole(better)} of ${whole(candidates)} fitted better than what came`;
}

function aboutExpected(data) {
  const shot = data.robots.map((robot) => robot.expected).find((one) => one);
  if (!shot) {
    return data.expectedNot ? `What the model expects is not shown: ${data.expectedNot}` : "";
  }
  return `Left what came, right what ${shot.model} v${shot.version} expected of that step before the look, from what the robot saw and did in`
    + " the steps before, 32 at most. The model draws no pictures: shown is the frame of another episode that fits best.";
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
  explained = data.explained;
  showExplained();
}

let explained = [];

byId("measure").addEventListener("change", showExplained);

function showExplained() {
  byId("explained").hidden = explained.length === 0;
  byId("measure").hidden = !explained.some(hasFlow);
  keyed(byId("explained-list"), explained, (text) => text.model, makeExplained, updateExplained);
}

/** Older jobs, dear models and `serve.flow-every` leave the flow out. */
function hasFlow(text) {
  return text.tokens.some((token) => token.flow !== undefined);
}

/** Tokens shaded by their shares; one is read by pointer or by arrow keys. */
function makeExplained() {
  const tokens = el("p", { class: "text", tabindex: "0", role: "img" });
  const readout = el("p", { class: "readout" });
  const item = el("li", {}, el("p", { class: "head" }), tokens, readout, el("p", { class: "quiet" }));
  const read = (at) => {
    [...tokens.children].forEach((token, i) => { token.dataset.read = i === at; });
    tokens.dataset.at = at;
    const token = tokens.children[at];
    say(readout, token ? `${visible(token.textContent)}: ${token.dataset.words}` : "");
  };
  tokens.addEventListener("pointerover", (event) => read([...tokens.children].indexOf(event.target)));
  tokens.addEventListener("pointerleave", () => read(-1));
  tokens.addEventListener("blur", () => read(-1));
  tokens.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 };
    if (event.key in moves) {
      event.preventDefault();
      const last = tokens.children.length - 1;
      const from = Number(tokens.dataset.at ?? -1);
      readout.setAttribute("aria-live", "polite");
      read(from < 0 ? last : Math.max(0, Math.min(last, from + moves[event.key])));
    }
  });
  return item;
}

const DARKEST_PERCENT = 35; // the text on it stays easy to read

function updateExplained(item, text) {
  const [head, tokens, , most] = item.children;
  const measure = hasFlow(text) ? document.querySelector("#measure :checked").value : "share";
  const name = `${text.model} v${text.version} · ${text.source} ${text.sequence}`;
  say(head, `${name} · foretold ${text.next.map((one) => `${visible(one.token)} ${percent(one.probability)}`).join(", ")}`);
  if (tokens.dataset.of === `${measure} ${name}`) {
    return; // what is being read stays
  }
  tokens.dataset.of = `${measure} ${name}`;
  tokens.dataset.at = -1;
  const greatest = Math.max(...text.tokens.map((token) => token[measure]));
  tokens.replaceChildren(...text.tokens.map((token) => {
    const words = Object.entries({ share: "rollout", flow: "flow" }).filter(([key]) => key in token)
      .map(([key, word]) => `${word} ${number(100 * token[key])} %`).join(", ");
    const span = el("span", { class: "token", "data-words": words }, token.token);
    const part = Math.round(DARKEST_PERCENT * token[measure] / greatest);
    span.style.background = `color-mix(in srgb, var(--s0) ${part}%, var(--raised))`;
    return span;
  }));
  const best = [...text.tokens].sort((one, other) => other[measure] - one[measure]).slice(0, 5);
  const said = best.map((token) => `${visible(token.token)} ${number(100 * token[measure])} %`).join(", ");
  const by = measure === "flow" ? "attention flow" : "attention rollout";
  say(most, `most by ${by}: ${said}`);
  tokens.setAttribute("aria-label", `The newest ${text.tokens.length} tokens by ${by}. Most: ${said}. Arrow keys read values.`);
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Spaces and line ends as signs: a token is often nothing else. */
function visible(token) {
  return token.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥");
}

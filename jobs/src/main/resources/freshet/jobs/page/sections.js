// Models, alerts, scores, learning and dead letters.

import { HeatMap, LineChart } from "./charts.js";
import { choose } from "./orders.js";
import { ago, clock, duration, el, keyed, number, say, spelled, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const ICONS = { PAGE: "■", HIGH: "▲", WARN: "●", INFO: "○" };

/** The sentence at the top, the title of the tab, and what was done. */
export function verdict(data) {
  byId("verdict").dataset.level = data.level;
  const whose = data.model ? `${data.model}: ` : "";
  say(byId("sentence"), whose + data.what);
  const since = data.sinceMillis ? `Since ${clock(data.sinceMillis)}, ${ago(data.sinceMillis)}.` : "";
  const others = data.others?.length ? `, also of ${data.others.join(", ")}` : "";
  const more = data.more ? ` ${data.more} more open ${data.more === 1 ? "alert" : "alerts"}${others}.` : "";
  const over = data.over
    ? `${data.over} It began at ${clock(data.overSinceMillis)} and ended at ${clock(data.overMillis)}.` : "";
  say(byId("since"), since + more + over);
  say(byId("detail"), data.detail ?? "");
  keyed(byId("done"), whatWasDone(data), (line) => `${data.model} ${line.map((part) => part.textContent ?? part).join("")}`,
    (line) => el("li", {}, ...line), () => {}); // what is in place keeps the focus
  const sign = { ok: "✓", warn: "!", wrong: "✗" }[data.level] ?? "…";
  document.title = `${sign} Freshet`;
}

const LINES = 4; // of orders

/** Lines on what may have caused it, what is served, what was done, and what one can do. */
function whatWasDone(data) {
  const lines = (data.before ?? []).slice(-1).map((one) => [`Just before: ${one}`]);
  if (data.silentMillis) {
    lines.unshift([`Nothing has come since ${clock(data.silentMillis)}: is the job running?`]);
  }
  if (data.heldMillis) {
    lines.push([`Publication is held since ${clock(data.heldMillis)}: what was learned since is not served.`]);
  } else if (data.level === "wrong" && !data.silentMillis) {
    lines.push(["Publication goes on: what is learned now is served."]);
  }
  const done = (data.done ?? []).slice(-LINES);
  const lately = (data.lately ?? []).slice(done.length - LINES);
  const all = [...done, ...(done.length < LINES ? lately : [])];
  lines.push(...all.map((one) => [`→ ${one}`]));
  const waiting = data.waiting ?? [];
  if (waiting.length) {
    lines.push([`Ordered, not obeyed yet: ${waiting.join(", ")}.`]);
  }
  if (data.sinceMillis && data.model) {
    const earlier = data.before?.length || data.heldMillis;
    const first = all.length || waiting.length ? "If that does not help, see "
      : `Nothing has been done ${earlier ? "since" : "yet"}: see `;
    const orders = el("a", { href: "#orders" }, "what can be ordered");
    orders.addEventListener("click", () => choose(data.model));
    lines.push([first, orders, "."]);
  }
  return lines;
}

/** In the order of the settings: colours and places stay when the page starts anew. */
let modelNames = [];

export function models(data) {
  modelNames = data.models.map((model) => model.name);
  keyed(byId("model-rows"), data.models, (model) => model.name,
    () => el("tr", {}, el("th", { scope: "row", "data-label": "Model" }),
      ...["State", "Version", "Model age", "Learning lag", "Records/s", "Last update", "Open alerts"]
        .map((label) => el("td", { "data-label": label, class: label === "State" ? "" : "number" }))),
    (row, model) => {
      const states = [model.frozen && "frozen", model.held && "publication held"].filter(Boolean);
      const learns = model.updateMillis >= 0;
      const state = states.join(", ") || (learns ? "learning" : model.answerMillis >= 0 ? "answers" : "silent");
      row.classList.toggle("stopped", states.length > 0);
      const values = [model.name, state, whole(model.version), duration(model.ageMillis),
        duration(model.lagMillis), number(model.answersPerSecond),
        learns ? ago(model.updateMillis) : model.versionSinceMillis >= 0 ? ago(model.versionSinceMillis) : "–",
        whole(model.openAlerts)];
      values.forEach((value, i) => say(row.children[i], value));
      row.children[7].classList.toggle("bad", model.openAlerts > 0);
    });
}

export function alerts(data) {
  byId("no-alerts").hidden = data.alerts.length > 0;
  const groups = Map.groupBy(data.alerts, (alert) => [alert.model, alert.rule, alert.severity, alert.open].join("/"));
  keyed(byId("alert-list"), [...groups.values()], ([first]) => first.key + first.sinceMillis, makeAlert, updateAlert);
}

function makeAlert() {
  return el("li", { class: "alert" },
    el("p", { class: "head" }), el("p", { class: "message" }), el("p", { class: "quiet" }), el("ul", { class: "done" }),
    el("details", {}, el("summary", {}, "Elsewhere"), el("ul", {})),
    el("details", {}, el("summary", {}, "Evidence"), el("p", { class: "records" }), el("ul", {})));
}

/** Incidents of one rule: a layer's heads often break together. */
function updateAlert(item, [alert, ...others]) {
  const [head, message, detail, done, elsewhere, evidence] = item.children;
  item.dataset.severity = alert.severity;
  item.dataset.open = alert.open;
  const time = alert.open
    ? `open since ${clock(alert.sinceMillis)}`
    : `resolved: ${clock(alert.sinceMillis)} to ${clock(alert.resolvedMillis)}`;
  say(head, `${ICONS[alert.severity]} ${alert.severity.toLowerCase()} · ${alert.rule} · ${alert.model} v${alert.version} · ${time}`);
  say(message, alert.message);
  say(detail, alert.detail);
  elsewhere.hidden = others.length === 0;
  say(elsewhere.firstElementChild, `${others.length} more of this rule`);
  keyed(elsewhere.lastElementChild, others, (other) => other.key, () => el("li", {}),
    (line, other) => say(line, `${clock(other.sinceMillis)}: ${other.detail || other.message}`));
  const acted = [...new Set([alert, ...others].flatMap((one) => one.done))];
  const lines = acted.length ? acted.map((one) => `→ ${one}`)
    : alert.open ? ["Nothing was ordered because of this."] : [];
  keyed(done, lines, (line) => line, (line) => el("li", {}, line), () => {});
  evidence.hidden = alert.evidence.length === 0 && !alert.part;
  const from = alert.part === "learner" ? `update ${whole(alert.number)}` : `${alert.part} ${whole(alert.number)}`;
  say(evidence.children[1], (alert.part ? `Measured at ${from}.` : "")
    + (alert.records ? ` The learner was at records ${alert.records}.` : ""));
  keyed(evidence.lastElementChild, alert.evidence, (one) => `${one.name}/${one.layer}/${one.head}`,
    () => el("li", {}), (line, one) => say(line, evidenceLine(one)));
  say(evidence.firstElementChild, `Evidence: ${alert.evidence.length + alert.moreEvidence} measured`
    + (alert.lastGoodVersion >= 0 ? `; last good version ${alert.lastGoodVersion}` : ""));
}

function evidenceLine(one) {
  const place = one.layer < 0 ? "" : ` layer ${one.layer}${one.head < 0 ? "" : ` head ${one.head}`}`;
  const spread = one.min === one.max ? "" : ` (${number(one.min)} to ${number(one.max)})`;
  return `${spelled(one.name)}${place}: ${number(one.mean)}${spread}`;
}

/** Charts by name, made once in each host, and with it again after a restart of the server. */
function chart(name, host, make) {
  host.charts ??= {};
  return host.charts[name] ??= make(host);
}

/** Colour and dashes by place; what is frozen is grey in all charts. */
export function styled(entries) {
  let next = 0;
  return entries.map(([label, series]) => ({
    label,
    values: series.mean,
    style: label.includes("frozen") ? "frozen" : `s${next++ % 6}`,
  }));
}

export function scores(data, incidents) {
  const texts = Map.groupBy(Object.entries(data.texts), ([name]) => name.split("|")[0]);
  const shown = modelNames.filter((model) => texts.has(model)).map((model) => ({
    title: `Bits per byte of ${model}`, unit: "fewer are better", model,
    entries: texts.get(model).map(([name, values]) => [name.split("|")[1], values]),
  }));
  shown.push({ title: "Accuracy over the newest pictures with a label", unit: "%", least: 0,
    entries: modelNames.filter((model) => data.images[model]).map((model) => [model, data.images[model]]) });
  shown.push({ title: "Return of episodes", unit: "sum of rewards, more is better", least: 0,
    entries: Object.entries(data.robots) });
  const some = shown.filter((one) => one.entries.length > 0);
  keyed(byId("score-charts"), some, (one) => one.title, () => el("div"), (host, { title, unit, least, model, entries }) =>
    chart(title, host, () => new LineChart(host, { title, unit, least, height: 190 }))
      .update({ endMillis: data.endMillis, stepMillis: data.stepMillis, series: styled(entries), incidents: incidents(model) }));
  byId("scores").hidden = some.length === 0;
}

const CURVES = {
  lossNats: ["Loss", "nats"],
  gradientNorm: ["Gradient norm", ""],
  updateWeightRatio: ["Update / weight", ""],
  attentionMaxLogit: ["Largest attention logit", ""],
  worldGradientNorm: ["Gradient norm of the world model", ""],
  divergenceNats: ["Surprise while learning", "nats"],
  rewardLoss: ["Error of the reward", ""],
  contrastAccuracy: ["Contrast accuracy", "share"],
  pseudoLabelEntropyNats: ["Entropy of pseudo-labels", "nats"],
  learningRate: ["Learning rate", ""],
};

export function learning(data, incidents) {
  const host = byId("learning-models");
  const time = { endMillis: data.endMillis, stepMillis: data.stepMillis };
  const names = modelNames.filter((model) => model in data.models);
  byId("learning").hidden = names.length === 0;
  keyed(host, names, (name) => name,
    (name) => el("div", {}, el("h3", {}, name), el("div", { class: "heat" }), el("div", { class: "charts" })),
    (block, name) => {
      const model = data.models[name];
      const [, heat, small] = block.children;
      const heads = Object.entries(model.heads)
        .map(([place, values]) => ({ layer: +place.split("/")[0], head: +place.split("/")[1], ...values }))
        .sort((one, other) => one.layer - other.layer || one.head - other.head);
      if (heads.length) {
        chart(`heat ${name}`, heat, () => new HeatMap(heat,
          { title: "Entropy of attention by layer · head", unit: "share of the most possible" }))
          .update({ ...time, heads, incidents: incidents(name) });
      }
      for (const [curve, [title, unit]] of Object.entries(CURVES)) {
        const values = model.curves[curve];
        if (values) {
          const largest = curve === "attentionMaxLogit";
          chart(`${curve} ${name}`, small, () => new LineChart(small, { title, unit, height: 110 }))
            .update({ ...time, incidents: incidents(name),
              series: [{ label: largest ? "largest" : "mean", values: largest ? values.max : values.mean, style: "s0" }] });
        }
      }
    });
}

export function deadletters(data) {
  const counts = Object.entries(data.counts);
  byId("no-letters").hidden = counts.length > 0;
  byId("letter-table").hidden = data.letters.length === 0;
  keyed(byId("letter-counts"), counts, ([reason]) => reason, () => el("li", {}),
    (item, [reason, count]) => say(item, `${reason || "no reason given"}: ${whole(count)}`));
  keyed(byId("letter-rows"), data.letters, (one) => `${one.topic}/${one.partition}/${one.offset}/${one.millis}`,
    () => el("tr", {}, el("td"), el("td"), el("td"), el("td")),
    (row, one) => [clock(one.millis), one.reason, one.topic ? `${one.topic} ${one.partition} @ ${one.offset}` : "–", one.detail]
      .forEach((value, i) => say(row.children[i], value)));
}

// Models, alerts, scores, learning and dead letters.

import { HeatMap, LineChart } from "./charts.js";
import { ago, clock, duration, el, keyed, number, say, spelled, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const ICONS = { PAGE: "■", HIGH: "▲", WARN: "●", INFO: "○" };

/** The sentence at the top, the title of the tab, and what was done. */
export function verdict(data) {
  byId("verdict").dataset.level = data.level;
  const whose = data.model ? `${data.model}: ` : "";
  say(byId("sentence"), whose + data.what);
  const since = data.sinceMillis ? `Since ${clock(data.sinceMillis)}, ${ago(data.sinceMillis)}.` : "";
  const more = data.more ? ` ${data.more} more open ${data.more === 1 ? "alert" : "alerts"}.` : "";
  const over = data.over ? `${data.over} It ended at ${clock(data.overMillis)}.` : "";
  say(byId("since"), since + more + over);
  say(byId("detail"), data.detail ?? "");
  byId("done").replaceChildren(...whatWasDone(data).map((line) => el("li", {}, ...line)));
  const sign = { ok: "✓", warn: "!", wrong: "✗" }[data.level] ?? "…";
  document.title = `${sign} Freshet`;
}

const LINES = 4; // of orders

/** Lines on what may have caused it, what is served, what was done, and what one can do. */
function whatWasDone(data) {
  const lines = (data.before ?? []).slice(-1).map((one) => [`Just before: ${one}`]);
  if (data.heldMillis) {
    lines.push([`Publication is held since ${clock(data.heldMillis)}: what was learned since is not served.`]);
  } else if (data.level === "wrong") {
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
    const first = all.length || waiting.length ? "If that does not help, see " : "Nothing has been done yet: see ";
    lines.push([first, el("a", { href: "#orders" }, "what can be ordered"), "."]);
  }
  return lines;
}

export function models(data) {
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

/** Charts by name, made once. */
const charts = new Map();

function chart(name, host, make) {
  if (!charts.has(name)) {
    charts.set(name, make(host));
  }
  return charts.get(name);
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
  const host = byId("score-charts");
  const time = { endMillis: data.endMillis, stepMillis: data.stepMillis };
  const texts = Map.groupBy(Object.entries(data.texts), ([name]) => name.split("|")[0]);
  for (const [model, entries] of texts) {
    const series = styled(entries.map(([name, values]) => [name.split("|")[1], values]));
    chart(`text ${model}`, host, () => new LineChart(host,
      { title: `Bits per byte of ${model}`, unit: "fewer are better", height: 190 }))
      .update({ ...time, series, incidents: incidents(model) });
  }
  const images = Object.entries(data.images);
  if (images.length) {
    chart("images", host, () => new LineChart(host,
      { title: "Accuracy over the newest pictures with a label", unit: "%", height: 190, least: 0 }))
      .update({ ...time, series: styled(images), incidents: incidents() });
  }
  const robots = Object.entries(data.robots);
  if (robots.length) {
    chart("robots", host, () => new LineChart(host,
      { title: "Return of episodes", unit: "sum of rewards, more is better", height: 190, least: 0 }))
      .update({ ...time, series: styled(robots), incidents: incidents() });
  }
  byId("scores").hidden = host.children.length === 0;
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
  const names = Object.keys(data.models);
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

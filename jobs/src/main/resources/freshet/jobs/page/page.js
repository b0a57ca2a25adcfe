// Listens to the server and hands each section what has changed. What is drawn is what can be seen:
// a section outside the window keeps its newest data and is drawn when it comes in, and a tab in the
// background costs next to nothing.

import * as ordering from "./orders.js";
import * as samples from "./samples.js";
import * as sections from "./sections.js";

const byId = (id) => document.getElementById(id);
let alerts = [];
let stream = null;
let window_ = "minutes"; // `window` is the browser's

/** Incidents to mark in a chart: of one model, or of all. */
function incidents(model) {
  return alerts.filter((alert) => (!model || alert.model === model) && alert.severity !== "INFO");
}

const SHOW = {
  verdict: sections.verdict,
  models: (data) => {
    sections.models(data);
    ordering.models(data);
  },
  alerts: (data) => {
    alerts = data.alerts;
    sections.alerts(data);
    for (const name of MARKING.filter((one) => newest.has(one))) {
      waiting.add(name); // the job may be gone: no newer data would bring the mark
    }
  },
  orders: ordering.orders,
  scores: (data) => sections.scores(data, incidents),
  learning: (data) => sections.learning(data, incidents),
  robots: (data) => samples.robots(data, incidents),
  pictures: samples.pictures,
  texts: samples.texts,
  deadletters: sections.deadletters,
};

const ALWAYS = ["verdict", "models", "alerts", "orders"]; // cheap, and others need them
const MARKING = ["scores", "learning", "robots"]; // alerts, in charts
const newest = new Map(); // data by section
const waiting = new Set(); // sections to be drawn
const inSight = new Set();

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    inSight[entry.isIntersecting ? "add" : "delete"](entry.target.id);
  }
  draw();
}, { rootMargin: "200px" });
for (const section of document.querySelectorAll("main > section")) {
  sight.observe(section);
}

/** A section that is hidden has not been drawn yet: then it takes its place at once. */
function isDue(name) {
  return waiting.has(name) && (ALWAYS.includes(name) || inSight.has(name) || byId(name).hidden);
}

function draw() {
  if (document.hidden) {
    return;
  }
  for (const name of Object.keys(SHOW)) { // alerts before the charts that mark them
    if (isDue(name)) {
      waiting.delete(name);
      SHOW[name](newest.get(name));
    }
  }
  for (const to of document.querySelectorAll("nav a[data-for]")) {
    to.hidden = byId(to.dataset.for).hidden;
  }
  document.body.dataset.behind = waiting.size;
}

function connect() {
  stream?.close();
  stream = new EventSource(`/events?window=${window_}`);
  for (const name of Object.keys(SHOW)) {
    stream.addEventListener(name, (event) => {
      newest.set(name, JSON.parse(event.data));
      waiting.add(name);
      requestAnimationFrame(draw); // none comes while the tab is in the background
    });
  }
  stream.onopen = async () => {
    link("live", "live");
    if (await ordering.isOutdated()) { // another server than before the connection was lost
      location.reload();
    }
  };
  stream.onerror = () => {
    link("lost", "not connected");
    waiting.delete("verdict");
    sections.verdict({ level: "warn", what: "The page's server does not answer: what is shown here is old." });
    if (stream.readyState === EventSource.CLOSED) { // refused: the browser would not try again
      setTimeout(() => location.reload(), 10_000);
    }
  };
}

function link(state, words) {
  document.body.dataset.link = state;
  byId("link").textContent = words;
}

document.addEventListener("visibilitychange", draw);

byId("window").addEventListener("change", (event) => {
  window_ = event.target.value;
  connect();
});

await ordering.setUp();
connect();

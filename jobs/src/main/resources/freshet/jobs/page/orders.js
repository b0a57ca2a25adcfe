// Orders: the first press is a trial, the second carries it out.

import { clock, el, keyed, say, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const PATIENCE_MILLIS = 15_000;

let about = { models: [], actions: [] };
let versions = {};
let known = new Map(); // orders by their id
let trial = null; // {action, model, arguments, id, sentMillis, confirmed}

async function fetched() {
  return (await fetch("/about")).json();
}

/** Whether models or orders are others than those that the page was made for. */
export async function isOutdated() {
  return JSON.stringify(await fetched()) !== JSON.stringify(about);
}

export async function setUp() {
  about = await fetched();
  say(byId("servers"), `records from ${about.servers}`);
  byId("order-model").replaceChildren(...about.models.map((name) => el("option", { value: name }, name)));
  byId("order-model").addEventListener("change", showVersions);
  byId("order-buttons").replaceChildren(...about.actions.map(formOf));
  setInterval(showTrial, 1000);
}

/** Makes orders go to a model, if it takes any. */
export function choose(model) {
  if (about.models.includes(model)) {
    byId("order-model").value = model;
    showVersions();
  }
}

/** One order: its button, its arguments, and what it does. */
function formOf(action) {
  const form = el("form", { "data-action": action.name },
    el("button", { "aria-describedby": `effect-${action.name}` }, action.title),
    ...action.arguments.map((argument) => el("label", {}, `${argument.name} `, fieldOf(argument))),
    el("span", { id: `effect-${action.name}`, class: "quiet" }, action.effect));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin(action, Object.fromEntries(new FormData(form)), form.querySelector("button"));
  });
  return el("li", {}, form);
}

function fieldOf(argument) {
  if (argument.kind === "switch") {
    return el("select", { name: argument.name }, el("option", { value: "true" }, "on"), el("option", { value: "false" }, "off"));
  }
  if (argument.kind === "version") {
    return el("select", { name: argument.name, class: "versions", required: true });
  }
  const isNumber = argument.kind !== "text";
  const mayBeLeftOut = argument.kind === "text" || argument.kind === "place";
  return el("input", {
    name: argument.name,
    type: isNumber ? "number" : "text",
    step: argument.kind === "number" ? "any" : isNumber ? "1" : null,
    min: isNumber ? "0" : null,
    value: argument.standard,
    placeholder: mayBeLeftOut ? "all" : null,
    required: !mayBeLeftOut,
  });
}

/** What may be rewound to: the versions that have answered. */
export function models(data) {
  versions = Object.fromEntries(data.models.map((model) => [model.name, model.versions]));
  showVersions();
}

function showVersions() {
  const mine = versions[byId("order-model").value] ?? [];
  for (const select of document.querySelectorAll("select.versions")) {
    if (document.activeElement !== select && [...select.options].map((one) => +one.value).join() !== mine.join()) {
      const before = select.value;
      select.replaceChildren(...mine.map((version) => el("option", { value: version }, whole(version))));
      select.value = before !== "" && mine.includes(+before) ? before : String(mine[1] ?? mine[0] ?? "");
    }
  }
}

async function begin(action, values, button) {
  trial = { action, button, model: byId("order-model").value, arguments: values };
  await send(true);
  byId("trial").querySelector("button")?.focus();
}

async function send(dryRun) {
  trial.confirmed = !dryRun;
  trial.id = null;
  trial.problem = null;
  trial.sentMillis = Date.now();
  showTrial();
  try {
    const response = await fetch("/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ model: trial.model, action: trial.action.name, arguments: trial.arguments, dryRun }),
    });
    const answer = await response.json();
    trial.id = answer.id ?? null;
    trial.problem = answer.problem ?? null;
  } catch (failure) {
    trial.problem = `the order was not sent: ${failure.message}`;
  }
  showTrial();
}

function leave() {
  const button = trial.button;
  trial = null;
  showTrial();
  button.focus();
}

/** Where the order stands, and what may be pressed next. */
function showTrial() {
  const box = byId("trial");
  box.hidden = trial === null;
  if (trial === null) {
    box.replaceChildren();
    return;
  }
  const { words, state, mayConfirm } = standing();
  const press = mayConfirm ? (state === "silent" ? "Send it anyway" : "Carry it out") : null;
  if (box.dataset.state !== state || !box.firstElementChild) {
    box.dataset.state = state;
    const buttons = [];
    if (press) {
      const confirm = el("button", { class: "confirm" }, press);
      confirm.addEventListener("click", () => send(false));
      buttons.push(confirm);
    }
    const close = el("button", { type: "button" }, mayConfirm ? "Leave it" : "Close");
    close.addEventListener("click", leave);
    buttons.push(close);
    const hadFocus = box.contains(document.activeElement);
    box.replaceChildren(el("p", {}), el("p", { class: "buttons" }, ...buttons));
    if (hadFocus) {
      close.focus(); // not the confirmation: a second Enter must not carry anything out
    }
  }
  say(box.firstElementChild, words);
}

function standing() {
  const given = Object.entries(trial.arguments).filter(([, value]) => value !== "")
    .map(([name, value]) => `${name} ${value}`).join(", ");
  const what = `${trial.action.title} (${trial.model}${given && `, ${given}`})`;
  const answer = known.get(trial.id)?.answer;
  const waited = Date.now() - trial.sentMillis;
  if (trial.problem) {
    return { state: "problem", words: `${what}: ${trial.problem}.`, mayConfirm: false };
  }
  if (trial.confirmed) {
    const words = answer ? became(answer)
      : !trial.action.answersTrials ? "sent; robots obey it themselves, without an answer"
        : waited > PATIENCE_MILLIS ? "sent, but nobody has answered yet: is the job running?" : "sent, waiting for the answer …";
    return { state: answer ? "answered" : "sent", words: `${what}: ${words}.`, mayConfirm: false };
  }
  if (!trial.action.answersTrials) {
    return { state: "untried", words: `${what}: robots answer no trials. Carry it out?`, mayConfirm: true };
  }
  if (answer) {
    const words = answer.accepted ? `the trial says: ${answer.detail}. Carry it out?` : `refused: ${answer.detail}.`;
    return { state: answer.accepted ? "tried" : "refused", words: `${what}: ${words}`, mayConfirm: answer.accepted };
  }
  return waited > PATIENCE_MILLIS
    ? { state: "silent", words: `${what}: nobody has answered the trial. Is the job running?`, mayConfirm: true }
    : { state: "waiting", words: `${what}: trial sent, waiting for the answer …`, mayConfirm: false };
}

function became(answer) {
  return answer.accepted
    ? `done${answer.step >= 0 ? ` after update ${whole(answer.step)}` : ""}: ${answer.detail}`
    : `refused: ${answer.detail}`;
}

export function orders(data) {
  known = new Map(data.orders.map((order) => [order.id, order]));
  byId("no-orders").hidden = data.orders.length > 0;
  keyed(byId("order-list"), data.orders, (order) => order.id, () => el("li", {}), (item, order) => {
    const given = Object.entries(order.arguments).map(([name, value]) => ` ${name}=${value}`).join("");
    const fate = order.answer ? became(order.answer) : "not acknowledged";
    item.dataset.fate = order.answer ? (order.answer.accepted ? "done" : "refused") : "open";
    say(item, `${clock(order.orderedMillis)} ${order.dryRun ? "trial: " : ""}${order.action}${given} of ${order.model}, by ${order.issuedBy} → ${fate}`);
  });
  showTrial();
}

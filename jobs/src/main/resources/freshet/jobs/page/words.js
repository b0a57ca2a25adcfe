// Numbers, times and elements: what all parts of the page share. Whatever comes from a topic
// becomes text, never markup.

/** An element with attributes and children; a string child becomes text. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets text only if it differs, so that nothing is selected or read out anew. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Keeps the children of `parent` in step with `items`: those of a known key are updated in place,
 * so that focus, selection and what is unfolded stay.
 *
 * @param make of an item its element
 * @param update takes the element and the item
 */
export function keyed(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = old.get(key);
    if (child) {
      old.delete(key);
    } else {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  old.forEach((child) => child.remove());
}

/** Three significant figures, thousands apart; an en dash for what is not there. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) {
    return "–";
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    return Number(value).toExponential(1).replace("e-", "e−").replace("e+", "e");
  }
  return Number(value).toLocaleString("en", size >= 100
    ? { maximumFractionDigits: 0 }
    : { maximumSignificantDigits: 3 });
}

export function whole(value) {
  return value < 0 ? "–" : Number(value).toLocaleString("en");
}

/** A span of time with its unit. */
export function duration(millis) {
  if (millis < 0 || !Number.isFinite(millis)) {
    return "–";
  }
  const seconds = millis / 1000;
  if (seconds < 1) {
    return `${Math.round(millis)} ms`;
  }
  if (seconds < 100) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = seconds / 60;
  if (minutes < 100) {
    return `${Math.round(minutes)} min`;
  }
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** A span of time for people: no tenths. */
export function ago(millis) {
  const seconds = Math.max(0, (Date.now() - millis) / 1000);
  if (seconds < 100) {
    return `${Math.round(seconds)} s ago`;
  }
  return `${duration(seconds * 1000)} ago`;
}

/** Time of day, with the date if it is another day. */
export function clock(millis, seconds = true) {
  const then = new Date(millis);
  const time = then.toLocaleTimeString("en-GB", seconds
    ? {}
    : { hour: "2-digit", minute: "2-digit" });
  const today = then.toDateString() === new Date().toDateString();
  return today ? time : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

/** `attentionMaxLogit` as people write it. */
export function spelled(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

/** Draws rows of 8-bit samples, base64, one or three channels. */
export function draw(canvas, picture) {
  const { width, height, channels, samples } = picture;
  if (!samples || canvas.dataset.drawn === samples) {
    return;
  }
  canvas.dataset.drawn = samples;
  canvas.width = width;
  canvas.height = height;
  const bytes = Uint8Array.from(atob(samples), (character) => character.charCodeAt(0));
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * pixel + channel] = bytes[pixel * channels + (channels === 1 ? 0 : channel)];
    }
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

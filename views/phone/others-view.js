/** The place of the second tab. What it shows is loaded when somebody first looks, so that the phone opens sooner. */
import { h } from './dom.js';
import { listen, state } from './state.js';

/** Makes the view; it fills itself. */
export function createOthers({ openPage, reportErrors }) {
  const view = h('section', { class: 'view others' });
  let isAsked = false;
  const fill = async () => {
    const [{ fillOthers }] = await Promise.all([import('./others.js'), loadStyle('others.css')]);
    fillOthers(view, { openPage, reportErrors });
    return true;
  };
  // What is on the screen has been seen.
  listen(['arrivals', 'tab'], () => {
    if (state.tab === 'others') {
      state.arrivals.seenId = Math.max(state.arrivals.seenId, state.arrivals.items[0]?.id ?? 0);
    }
  });
  listen(['tab'], async () => {
    if (state.tab === 'others' && !isAsked) {
      isAsked = true;
      // After a failure the next look tries again.
      isAsked = (await reportErrors(fill)) === true;
    }
  });
  return view;
}

function loadStyle(name) {
  return new Promise((resolve, reject) => {
    const href = new URL(name, import.meta.url).pathname;
    const fail = () => reject(new Error(`${name} 没有载入 was not loaded`));
    document.head.append(h('link', { rel: 'stylesheet', href, on: { load: resolve, error: fail } }));
  });
}

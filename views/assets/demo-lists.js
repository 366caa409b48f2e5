/** Draws the demo page's rows: messages with their state, callbacks with their JSON. */

/** Shows the messages of a visit, newest first. */
export function showMessages(list, messages, words) {
  const named = {
    accepted: words.jsAccepted,
    sending: words.jsSending,
    sent: words.jsSent,
    failed: words.jsFailed,
    cancelled: words.jsCancelled,
  };
  fill(list, messages, (message) => {
    const row = element('li', '');
    const line = row.appendChild(element('div', 'line'));
    const state = named[message.state] ?? message.state;
    line.append(
      element('span', `state ${message.state}`, state),
      element('span', 'number', `${words.jsMessage} ${message.id}`),
    );
    if (message.url) {
      const link = element('a', '', '↗');
      link.href = message.url;
      link.target = '_blank';
      link.rel = 'noopener';
      link.ariaLabel = words.jsMessage;
      line.append(link);
    }
    if (message.detail) {
      row.append(element('div', 'detail', message.detail));
    }
    return row;
  });
}

/** Shows the callbacks about a person, newest first. */
export function showCallbacks(list, callbacks, words) {
  const named = { app_subscribe: words.jsSubscribed, send_up_cmd: words.jsUpstream };
  fill(list, callbacks, (callback) => {
    const row = element('li', '');
    const line = row.appendChild(element('div', 'line'));
    const action = String(callback.body?.action ?? '');
    const at = new Date(callback.at);
    line.append(
      element('span', 'state', named[action] ?? action),
      element('code', '', action),
      element('time', '', at.toLocaleTimeString('zh-CN', { hour12: false })),
    );
    const shown = element('pre', '', JSON.stringify(callback.body, null, 2));
    shown.tabIndex = 0;
    row.append(shown);
    return row;
  });
}

/** What each list says while it is empty, as the server wrote it. */
const emptyRows = new WeakMap();

/** Redraws only what changed, so that a selection or a scroll survives the next poll. */
function fill(list, items, draw) {
  const mark = JSON.stringify(items);
  if (!emptyRows.has(list)) {
    emptyRows.set(list, [...list.children]);
  } else if (list.dataset.shown === mark) {
    return;
  }
  list.dataset.shown = mark;
  list.replaceChildren(...(items.length === 0 ? emptyRows.get(list) : items.map(draw)));
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

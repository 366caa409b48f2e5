// A bug on purpose: what may have arrived is sent again however long ago that was.
export * from '#src/engine/doubts.js';

export function mayRepeat() {
  return true;
}

export function planRepeat(_doubt, { planned }) {
  return planned;
}

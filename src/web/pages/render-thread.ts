/** The thread that renders bodies of much markup, so that nobody else of the server waits for it. */
import { parentPort } from 'node:worker_threads';
import { type BodySource, renderBody } from './render-body.js';

parentPort?.on('message', (source: BodySource) => {
  parentPort?.postMessage(render(source));
});

/** null tells that it failed: the page then shows the text. */
function render(source: BodySource) {
  try {
    return renderBody(source);
  } catch {
    return null;
  }
}

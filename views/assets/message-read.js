/** Tells the sender, once, that somebody looks at this page: not when it is only fetched, or waits in a hidden tab. */
let told = false;

function tell() {
  if (told || document.visibilityState !== 'visible') {
    return;
  }
  told = true;
  const address = `${location.pathname.replace(/\/+$/, '')}/read`;
  // What leaves with a closing page is only certain as a beacon.
  if (!navigator.sendBeacon?.(address)) {
    fetch(address, { method: 'POST', keepalive: true }).catch(() => {});
  }
}

document.addEventListener('visibilitychange', tell);
tell();

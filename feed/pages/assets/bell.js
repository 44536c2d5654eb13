// The doorbell: says at once that a page has something new. One stream a browser: the tab that leads passes on what it hears.
const EVENTS = new URL("../~events", document.currentScript.src).href;
const SILENT = `writethru:silent:${EVENTS}`;
const isSilent = () => {
  try {
    return sessionStorage.getItem(SILENT) !== null;
  } catch {
    return true; // storage may be forbidden: without a memory, each page would ask a server that has no doorbell
  }
};
const initBell = (hear) => {
  if (!navigator.locks || !window.BroadcastChannel || isSilent()) return;
  const channel = new BroadcastChannel(EVENTS);
  let isOpen = false;
  let isCandidate = false;
  let resign;
  const take = (message) => {
    isOpen = message.isOpen ?? isOpen;
    if (message.isSilent) sessionStorage.setItem(SILENT, "1");
    hear(message);
  };
  const tell = (message) => {
    channel.postMessage(message);
    take(message);
  };
  const lead = () =>
    document.hidden ||
    isSilent() ||
    new Promise((resolve) => {
      const source = new EventSource(EVENTS);
      let wasOpen = isOpen; // as the tab that led before has said
      resign = () => {
        source.close();
        resolve();
      };
      source.addEventListener("hello", () => tell({ isOpen: (wasOpen = true), isNew: true }));
      source.addEventListener("message", ({ data }) => tell({ story: JSON.parse(data).story }));
      source.addEventListener("error", () => {
        const isOver = source.readyState === EventSource.CLOSED; // otherwise the browser tries again
        tell({ isOpen: false, isSilent: isOver && !wasOpen }); // a server without it is not asked again
        if (isOver) setTimeout(resign, 1000);
        if (isOver && wasOpen) setTimeout(compete, 60_000);
      });
    });
  const compete = async () => {
    if (document.hidden || isCandidate) return;
    isCandidate = true;
    await navigator.locks.request(EVENTS, lead).catch(() => {});
    isCandidate = false;
    resign = undefined;
  };
  channel.addEventListener("message", ({ data }) => {
    if (!data.asks) take(data);
    else if (resign && isOpen) channel.postMessage({ isOpen });
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? resign?.() : setTimeout(compete, 500)));
  channel.postMessage({ asks: true });
  compete();
};

addEventListener('message', ({ data: milliseconds }) => {
  setInterval(() => postMessage(null), milliseconds);
});

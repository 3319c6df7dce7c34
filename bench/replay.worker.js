/**
 * Stands in for an engine where the page's own cost is measured: says a text at a fixed rate.
 * `bench/chat.py` hands it to the browser in place of the CPU engine's worker.
 */
/* global expose, TEXT, TOKENS_PER_S -- `bench/chat.py` writes them above this file. */

const CHARACTERS_A_TOKEN = 4;

expose({
  load: async () => {},
  ping: () => {},
  watch: () => {},
  stop: async () => {},
  generate(_, onToken) {
    const started = performance.now();
    const count = Math.ceil(TEXT.length / CHARACTERS_A_TOKEN);
    let said = 0;
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(count, ((performance.now() - started) / 1000) * TOKENS_PER_S);
        for (; said < due; said += 1) {
          const at = said * CHARACTERS_A_TOKEN;
          onToken(TEXT.slice(at, at + CHARACTERS_A_TOKEN));
        }
        if (said < count) return;
        clearInterval(timer);
        resolve({
          finish: 'stop',
          promptTokens: 1,
          completionTokens: count,
          timeToFirstTokenS: 0,
          decodeTokensPerS: TOKENS_PER_S,
        });
      }, 1000 / TOKENS_PER_S);
    });
  },
});

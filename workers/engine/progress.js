// @ts-check

const QUIET_MS = 2_000;
const IN_PLACE_MS = 1_000;
const PLAIN_MS = 10_000;

/**
 * @typedef {object} Progress
 * @property {(text: string) => void} say what is being done now
 * @property {() => void} done ends the line
 */

/**
 * One line for work that takes long: nothing for the first two seconds, then updated in place on a terminal, or written
 * every ten seconds where the output is a file.
 * @param {{ stream?: NodeJS.WriteStream }} [options]
 * @returns {Progress}
 */
function showProgress({ stream = process.stderr } = {}) {
  const inPlace = stream.isTTY === true;
  let text = '';
  let started = Date.now();
  let shown = false;
  let lastPlain = 0;

  const show = () => {
    const elapsed = Date.now() - started;
    if (text === '' || elapsed < QUIET_MS) return;
    const line = `${text} … ${Math.round(elapsed / 1000)} s`;
    if (inPlace) {
      const width = Math.max(20, (stream.columns ?? 80) - 1);
      stream.write(`\r\u001b[2K${line.length > width ? `${line.slice(0, width - 1)}…` : line}`);
      shown = true;
    } else if (Date.now() - lastPlain >= PLAIN_MS) {
      lastPlain = Date.now();
      stream.write(`${line}\n`);
    }
  };
  const clear = () => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  const timer = setInterval(show, IN_PLACE_MS);
  timer.unref();

  return {
    say(next) {
      if (next === text) return;
      text = next;
      started = Date.now();
      lastPlain = 0;
    },
    done() {
      clearInterval(timer);
      clear();
      text = '';
    },
  };
}

module.exports = { showProgress };

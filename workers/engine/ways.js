// @ts-check

/**
 * @typedef {object} Found
 * @property {string} path the executable
 * @property {string} version what it says of itself
 * @property {string} source the way that found it
 */

/**
 * One way of getting a program. It answers with what it found, or with the reason why not in a few words.
 * @typedef {object} Way
 * @property {string} name
 * @property {() => Promise<Found | string>} look
 */

/** No way led to the program; the message names each way, why it failed, and what to do. */
class ProgramMissing extends Error {
  /** @override */
  name = 'ProgramMissing';
}

/**
 * The ways that the environment allows, in their fixed order.
 * @param {readonly Way[]} ways
 * @param {string} variable
 * @param {NodeJS.ProcessEnv} env
 */
function allowedWays(ways, variable, env) {
  const wanted = env[variable];
  if (wanted === undefined || wanted.trim() === '') return ways;
  const names = wanted.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !ways.some((way) => way.name === name));
  if (unknown.length > 0) {
    throw new ProgramMissing(
      `${variable} names ${unknown.join(', ')}; it may hold ${ways.map((way) => way.name).join(', ')}, separated by commas.`,
    );
  }
  return ways.filter((way) => names.includes(way.name));
}

/**
 * Tries each way in order and stops at the first that works.
 * @param {{ what: string, ways: readonly Way[], advice: string }} search
 * @returns {Promise<Found>}
 */
async function firstThatWorks({ what, ways, advice }) {
  /** @type {string[]} */
  const tried = [];
  for (const way of ways) {
    const answer = await way.look().catch((error) => error.message || String(error));
    if (typeof answer !== 'string') return answer;
    tried.push(`  ${way.name.padEnd(9)} ${answer}`);
  }
  throw new ProgramMissing(`Tenure needs ${what} and could not get it. Tried:\n${tried.join('\n')}\n${advice}`);
}

module.exports = { ProgramMissing, allowedWays, firstThatWorks };

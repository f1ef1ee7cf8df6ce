import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { exitMeanings } from '../../cli/exit';
import { createProgram } from '../../cli/program';
import type { Terminal } from '../../cli/terminal';

const file = path.resolve(__dirname, '../../docs/reference/cli.md');
const none = () => undefined;
const terminal: Terminal = { out: none, err: none, isInteractive: false, env: {}, cwd: '/', ask: async () => '' };

/** Every command that does something, as it is called. */
function leaves(command: Command, before = ''): { readonly name: string; readonly help: string }[] {
  return command.commands.flatMap((inner) => {
    const name = `${before} ${inner.name()}`.trim();
    return inner.commands.length > 0 ? leaves(inner, name) : [{ name, help: inner.helpInformation().trim() }];
  });
}

/** The help texts in the page are the command's own; the words around them are written by hand. */
function withHelp(page: string, commands: readonly { readonly name: string; readonly help: string }[]): string {
  return commands.reduce((text, { name, help }) => {
    const block = new RegExp(`(\\n## tenure ${name}\\n[^]*?\`\`\`text\\n)[^]*?(\\n\`\`\`)`);
    return text.replace(block, (_all, head: string, tail: string) => `${head}${help}${tail}`);
  }, page);
}

describe('the reference of the command', () => {
  const commands = leaves(createProgram({ terminal, ended: none }));

  it('has the help of every command, word for word (TENURE_WRITE_DOCS=1 writes it)', () => {
    const page = readFileSync(file, 'utf8');
    const wanted = withHelp(page, commands);
    if (process.env['TENURE_WRITE_DOCS'] === '1') writeFileSync(file, wanted);
    expect(readFileSync(file, 'utf8')).toBe(wanted);
  });

  it('has a section for each command and none for what is no command', () => {
    const sections = [...readFileSync(file, 'utf8').matchAll(/^## tenure (.+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(commands.map(({ name }) => name));
    for (const { help } of commands) expect(readFileSync(file, 'utf8')).toContain(help);
  });

  it('lists the exit codes as the command uses them', () => {
    const page = readFileSync(file, 'utf8').replace(/[ ]+/g, ' ');
    for (const [code, meaning] of Object.entries(exitMeanings)) expect(page).toContain(`| ${code} | ${meaning} |`);
  });
});

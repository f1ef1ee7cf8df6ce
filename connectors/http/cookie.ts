/**
 * Just enough of a cookie jar for sticky load balancers: name and value for each host, until the server or the process ends
 * them. CyberArk self-hosted needs it: a token is known only to the node that issued it (vendor-apis 4.1).
 */
export class CookieJar {
  readonly #byHost = new Map<string, Map<string, string>>();

  header(host: string): string | undefined {
    const cookies = [...(this.#byHost.get(host) ?? [])].map(([name, value]) => `${name}=${value}`);
    return cookies.length === 0 ? undefined : cookies.join('; ');
  }

  /** What nobody else may see: whoever has it is taken for us. */
  values(host: string): readonly string[] {
    return [...(this.#byHost.get(host)?.values() ?? [])];
  }

  keep(host: string, setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const cookies = this.#byHost.get(host) ?? new Map<string, string>();
      this.#byHost.set(host, cookies);
      if (attributes.some(isOver)) cookies.delete(pair.slice(0, at).trim());
      else cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
  }
}

function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=').map((part) => part.trim());
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
  return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now();
}

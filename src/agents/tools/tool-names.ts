/** What providers take for a tool's name. */
const LONGEST = 64;

const TAKEN_BACK = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A tool's name as every provider takes it back: models make up names that their own provider would refuse,
 * and with it the whole conversation.
 */
export function sentName(name: string): string {
  return TAKEN_BACK.test(name) ? name : plain(name).slice(0, LONGEST);
}

/**
 * Names for tools of several servers, in order: a tool's own where it is the only one of that name,
 * else with its server's before it. Whatever the servers call them, providers take the names.
 */
export function toolNames(tools: readonly { server: string; name: string }[]): string[] {
  const own = tools.map(({ name }) => plain(name));
  const taken = new Set<string>();
  return tools.map(({ server }, index) => {
    const name = own[index] ?? "";
    const alone = own.indexOf(name) === own.lastIndexOf(name);
    const wanted = (alone ? name : `${plain(server)}_${name}`).slice(0, LONGEST);
    let free = wanted;
    for (let n = 2; taken.has(free); n++) free = `${wanted.slice(0, LONGEST - 4)}_${n}`;
    taken.add(free);
    return free;
  });
}

function plain(name: string): string {
  // No underscore at the front: `__proto__` must not become the key of an object.
  const allowed = name.replaceAll(/[^A-Za-z0-9_-]+/g, "_").replace(/^_+/, "");
  // Some providers want a letter first.
  return /^[A-Za-z]/.test(allowed) ? allowed : `tool${allowed && `_${allowed}`}`;
}

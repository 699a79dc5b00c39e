/** Who speaks: a person by name, a bot by its resource's name. */
export function Speaker({ name, by }: { name: string; by: string }) {
  const shown = by === "assistant" ? name.slice(name.lastIndexOf("/") + 1) : name;
  return (
    <bdi class="speaker" title={name}>
      {shown}
    </bdi>
  );
}

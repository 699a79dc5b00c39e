/** Asks the scripted model and hands over each piece of text, in order: what every relay here does. */
export async function readModel(
  baseUrl: string,
  prompt: string,
  onDelta: (delta: string) => void,
): Promise<void> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "scripted",
      stream: true,
      messages: [{ role: "user", content: prompt }],
    }),
  });
  if (!response.ok || !response.body) throw new Error(`the model answered ${response.status}`);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(bytes, { stream: true });
    const end = rest.lastIndexOf("\n");
    if (end < 0) continue;
    for (const line of rest.slice(0, end).split("\n")) takeLine(line, onDelta);
    rest = rest.slice(end + 1);
  }
}

type Chunk = { choices: { delta: { content?: string } }[] };

function takeLine(line: string, onDelta: (delta: string) => void): void {
  if (!line.startsWith("data: {")) return;
  const chunk: Chunk = JSON.parse(line.slice(6));
  const delta = chunk.choices[0]?.delta.content;
  if (delta) onDelta(delta);
}

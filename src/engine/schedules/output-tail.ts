/** Reads a stream to its end and keeps the last characters of it, whatever its length. */
export async function outputTail(
  source: AsyncIterable<Uint8Array> | null,
  limitCharacters: number,
): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of source ?? []) {
    text += decoder.decode(chunk, { stream: true });
    // Cut now and then and not with every chunk: each cut copies.
    if (text.length > 2 * limitCharacters) text = text.slice(-limitCharacters);
  }
  return (text + decoder.decode()).slice(-limitCharacters);
}

/** A body whose reads are watched: `take` throws where there were too many. Only what is asked for is read. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  take: (bytes: Uint8Array) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (value) take(value);
          if (value) controller.enqueue(value);
          if (done) controller.close();
        } catch (error) {
          void reader.cancel().catch(() => {});
          controller.error(error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

import { control } from "./control";

/** The bucket as `control.bucket` wants it; nothing where the deployment has none. */
export function breakableBucket(bucket: R2Bucket | undefined): R2Bucket | undefined {
  if (control.bucket === "none" || !bucket) return undefined;
  return new Proxy(bucket, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return async (...input: unknown[]) => {
        if (control.bucket === "down") throw new Error("the bucket is down");
        const answer: unknown = await value.apply(target, input);
        if (control.bucket === "answers are lost") throw new Error("the answer is lost");
        return answer;
      };
    },
  });
}

/** Surroundings with such a bucket. */
export function withBreakableBucket({ FILES, ...env }: Env): Env {
  const bucket = breakableBucket(FILES);
  return { ...env, ...(bucket && { FILES: bucket }) };
}

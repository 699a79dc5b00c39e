import { useEffect, useState } from "preact/hooks";
import { isPicture, kindOf } from "./file-kind";

/** A picture as it lies on the device, or what else a file is, in a word. */
export function Thumbnail({ file }: { file: File }) {
  const { name, type } = file;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!isPicture(type)) return;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file, type]);
  if (!address) return <Kind file={{ name, mediaType: type }} />;
  // Its name stands beside it.
  return <img class="thumbnail" src={address} alt="" onError={() => setAddress(undefined)} />;
}

export function Kind({ file }: { file: { name: string; mediaType: string } }) {
  return <span class="thumbnail kind">{kindOf(file)}</span>;
}

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../parts/button";
import type { Attachments } from "./attachments";
import type { Pending } from "./pending";
import { sizeText } from "./size-text";
import { Thumbnail } from "./thumbnail";
import type { Attaching } from "./use-attachments";

type Props = {
  attaching: Attaching;
  /** Where the focus goes when the last file is taken away. */
  writing: RefObject<HTMLElement | null>;
};

/** Files that go with the next message, and how far each is. */
export function PendingFiles({ attaching, writing }: Props) {
  const { files, pending, notice, standing, isOn } = attaching;
  const { list, remove } = useRemoval(attaching, writing);
  useButtonGone(isOn, writing);
  return (
    <>
      {notice && (
        <p class="issue" role="alert">
          {notice}
        </p>
      )}
      {pending.length > 0 && (
        <ul ref={list} class="plain-list pending" aria-label="Files of the message">
          {pending.map((one, i) => (
            <PendingFile key={one.key} {...{ one, files }} onRemove={() => remove(one.key, i)} />
          ))}
        </ul>
      )}
      <p class={standing.isReady ? "sr-only" : "quiet"} role="status">
        {standing.words}
      </p>
    </>
  );
}

type FileProps = { one: Pending; files: Attachments; onRemove: () => void };

function PendingFile({ one, files, onRemove }: FileProps) {
  const { key, file, refusal } = one;
  return (
    <li class={`file ${refusal ? "bad" : ""}`}>
      <Thumbnail file={file} />
      <div class="about">
        <p class="name" title={file.name}>
          {file.name}
        </p>
        <p class="quiet">{sizeText(file.size)}</p>
        {refusal ? <Refused words={refusal.words} /> : <Progress one={one} />}
        {refusal?.mayPass && (
          <Button label={`Try again to store ${file.name}`} onClick={() => files.again(key)}>
            Try again
          </Button>
        )}
      </div>
      <Button kind="quiet" label={`Take ${file.name} away`} onClick={onRemove}>
        ✕
      </Button>
    </li>
  );
}

function Refused({ words }: { words: readonly string[] }) {
  return (
    <div class="issue" role="alert">
      {words.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function Progress({ one: { file, sent, fileId } }: { one: Pending }) {
  if (fileId !== undefined) return null;
  const max = Math.max(file.size, 1);
  return <progress max={max} value={sent} aria-label={`${file.name} on its way`} />;
}

/** Whoever takes one away goes on at the next, or goes on writing. */
function useRemoval({ files, pending }: Attaching, writing: RefObject<HTMLElement | null>) {
  const list = useRef<HTMLUListElement>(null);
  const removed = useRef<{ key: number; place: number }>(undefined);
  useLayoutEffect(() => {
    if (!removed.current) return;
    const { key, place } = removed.current;
    // An earlier change, such as an upload's progress, is drawn with the file still there.
    if (pending.some((one) => one.key === key)) return;
    const rest = [...(list.current?.children ?? [])];
    const next = rest[Math.min(place, rest.length - 1)];
    removed.current = undefined;
    const button = next?.querySelector<HTMLElement>(":scope > button") ?? writing.current;
    button?.focus();
  }, [pending, writing]);
  const remove = (key: number, place: number) => {
    removed.current = { key, place };
    files.remove(key);
  };
  return { list, remove };
}

/** Whoever was at the button when it went, because the service keeps no files, goes on writing. */
function useButtonGone(isOn: boolean, writing: RefObject<HTMLElement | null>): void {
  const was = useRef(isOn);
  useLayoutEffect(() => {
    const isGone = was.current && !isOn;
    was.current = isOn;
    if (isGone && document.activeElement === document.body) writing.current?.focus();
  }, [isOn, writing]);
}

/** A file of this device: chosen, or dropped. It is read here and sent nowhere. */
import { useId, useState } from "react";
import { useWords } from "./words.js";

export interface FileDropProps {
  readonly label: string;
  readonly onFile: (file: File) => void;
  readonly accept?: string;
  readonly description?: string | undefined;
}

export function FileDrop({ label, onFile, accept, description }: FileDropProps) {
  const words = useWords();
  const id = useId();
  const [dropped, setDropped] = useState("");
  const take = (file: File | undefined, name: string) => {
    if (file === undefined) return;
    setDropped(name);
    onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the field inside does the same by keyboard.
    <div
      className="file-drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer.files[0], event.dataTransfer.files[0]?.name ?? "");
      }}
    >
      <label htmlFor={id}>{label}</label>
      {description === undefined ? null : <p className="description">{description}</p>}
      <input id={id} type="file" accept={accept} onChange={(event) => take(event.target.files?.[0], "")} />
      {/* What was chosen, the field itself says. */}
      <span className="quiet">{dropped === "" ? words.common.orDropHere : dropped}</span>
    </div>
  );
}

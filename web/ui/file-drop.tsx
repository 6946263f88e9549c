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
  const [name, setName] = useState("");
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    setName(file.name);
    onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the field inside does the same by keyboard.
    <div
      className="file-drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer.files[0]);
      }}
    >
      <label htmlFor={id}>{label}</label>
      {description === undefined ? null : <p className="description">{description}</p>}
      <input id={id} type="file" accept={accept} onChange={(event) => take(event.target.files?.[0])} />
      <span className="quiet">{name === "" ? words.common.orDropHere : name}</span>
    </div>
  );
}

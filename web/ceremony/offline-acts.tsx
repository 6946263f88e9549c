/** For trustees whose code never meets a network: the record to take away, and the step to bring back. As the CLI does. */
import { useState } from "react";
import { submit } from "#client/trustee.js";
import { Problem } from "../console/problem.js";
import { saveText } from "../console/save-text.js";
import { useAct } from "../console/use-act.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { FileDrop } from "../ui/file-drop.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";

export function OfflineActs({ uuid, onDone }: { uuid: string; onDone: () => void }) {
  const { ceremony: text } = useRoomWords();
  const http = useHttp();
  const [height, setHeight] = useState<number>();
  const { pending, problem, run } = useAct();
  const save = () =>
    run(async () => {
      const record = await (await http.raw(`/elections/${uuid}/record`)).blob();
      saveText(`${uuid}.psephos`, record, "application/octet-stream");
    });
  const send = (file: File) =>
    run(async () => {
      setHeight((await submit(http, new Uint8Array(await file.arrayBuffer()))).height);
      onDone();
    });
  return (
    <Disclosure title={text.fileStep}>
      <p>{text.offline}</p>
      <p>
        <Button onPress={() => void save()} isPending={pending}>
          {text.saveRecord}
        </Button>
      </p>
      <FileDrop label={text.fileStep} onFile={(file) => void send(file)} />
      <Problem text={problem} />
      {height === undefined ? null : <Notice kind="good" title={text.fileSent(height)} />}
    </Disclosure>
  );
}

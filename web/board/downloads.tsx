/** What anyone may take home: record, archive, manifest, result, and the list of ballots as a table for spreadsheets. */
import { useState } from "react";
import type { Http } from "#client/http.js";
import { saveFile } from "../booth/save-file.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import type { BoardPage, Election } from "./types.js";

export function Downloads({ election }: { election: Election }) {
  const { board } = useRoomWords();
  const http = useHttp();
  const path = `${http.url}/elections/${election.id}`;
  const isSealed = election.manifest_hash !== null;
  const isTallied = election.stage === "tallied";
  return (
    <section className="board-downloads">
      <h2>{board.downloads}</h2>
      <ul>
        <li>
          <a href={`${path}/record`}>{board.downloadRecord}</a>
        </li>
        {isTallied ? (
          <li>
            <a href={`${path}/archive.bel`}>{board.downloadArchive}</a>
          </li>
        ) : null}
        {isSealed ? (
          <li>
            <a href={`${path}/manifest`} download={`${election.id}.manifest.json`}>
              {board.downloadManifest}
            </a>
          </li>
        ) : null}
        {isTallied ? (
          <li>
            <a href={`${path}/result`} download={`${election.id}.result.json`}>
              {board.downloadResult}
            </a>
          </li>
        ) : null}
      </ul>
      <BallotTable election={election} />
    </section>
  );
}

function BallotTable({ election }: { election: Election }) {
  const { board, common } = useRoomWords();
  const http = useHttp();
  const [done, setDone] = useState<number>();
  const [isFailed, setFailed] = useState(false);
  if (election.ballots === 0) return null;
  const collect = () => {
    setFailed(false);
    setDone(0);
    csvOf(http, election.id, setDone).then(
      (text) => {
        saveFile(`${election.id}.ballots.csv`, text);
        setDone(undefined);
      },
      () => {
        setDone(undefined);
        setFailed(true);
      },
    );
  };
  return (
    <>
      <Button onPress={collect} isPending={done !== undefined}>
        {board.downloadBallots}
      </Button>
      {done === undefined ? null : <Progress label={board.csvProgress} value={done} max={election.ballots} />}
      {isFailed ? <p role="alert">{common.failed}</p> : null}
    </>
  );
}

const COLUMNS = ["position", "tracker", "status", "credential", "sequence", "weight", "height", "time"] as const;

async function csvOf(http: Http, uuid: string, onProgress: (done: number) => void): Promise<string> {
  const lines: string[] = [COLUMNS.join(",")];
  for (let after = ""; ; ) {
    const page = await http.request<BoardPage>(`/elections/${uuid}/ballots?limit=1000${after}`);
    // Base64, hexadecimal, numbers and instants: nothing in them needs quotes.
    for (const ballot of page.ballots) lines.push(COLUMNS.map((name) => ballot[name]).join(","));
    onProgress(lines.length - 1);
    if (page.next === null) return `${lines.join("\r\n")}\r\n`;
    after = `&after=${page.next}`;
  }
}

/** The result: a sentence, a chart, and the chart's numbers as a table. Blank votes and ties are said. */
import { useRoomWords } from "../ui/room-words.js";
import { Counts } from "./counts.js";
import type { Result } from "./types.js";

export function ResultOf({ result }: { result: Result }) {
  const { board } = useRoomWords();
  return (
    <section className="board-result">
      <h2>{board.result}</h2>
      {result.questions.map((each) => (
        <QuestionResult key={each.question} each={each} counted={result.counted_weight} />
      ))}
      <p>{board.openedBy(result.trustees.join(", "))}</p>
    </section>
  );
}

interface QuestionResultProps {
  readonly each: Result["questions"][number];
  readonly counted: number;
}

function QuestionResult({ each, counted }: QuestionResultProps) {
  const { board } = useRoomWords();
  const { question, answers, blank } = each;
  const rows = answers.map(({ answer, count }) => ({ label: answer, value: count }));
  if (blank !== null) rows.push({ label: board.blank, value: blank });
  return (
    <>
      <h3 dir="auto">{question}</h3>
      <p className="board-sentence">
        <bdi>{sentenceOf(each, counted, board)}</bdi>
      </p>
      <Counts caption={board.resultOf(question)} rows={rows} of={counted} />
    </>
  );
}

export function sentenceOf(
  { answers, blank }: Result["questions"][number],
  counted: number,
  board: ReturnType<typeof useRoomWords>["board"],
): string {
  const most = Math.max(0, ...answers.map(({ count }) => count));
  const first = answers.filter(({ count }) => count === most).map(({ answer }) => answer);
  const sentence =
    most === 0
      ? board.noVotes
      : first.length === 1
        ? board.leads(first[0] as string, most, counted)
        : board.tie(first.join(", "), most);
  return blank === null ? sentence : `${sentence} ${board.blanks(blank)}`;
}

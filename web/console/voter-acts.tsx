/** What an officer may decide about one voter. */
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Problem } from "./problem.js";
import { type Acting, useAct } from "./use-act.js";
import type { VoterRow } from "./voters-page.js";

interface ActsProps {
  readonly voter: VoterRow;
  readonly onDone: () => void;
}

/** With a place of its own for what goes wrong. */
export function VoterActs(props: ActsProps) {
  const acting = useAct();
  return (
    <>
      <Problem text={acting.problem} />
      <StandingButtons {...props} acting={acting} />
    </>
  );
}

export function StandingButtons({ voter, onDone, acting }: ActsProps & { acting: Acting }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const decide = (verb: "approve" | "reject" | "suspend") =>
    void acting.run(async () => {
      await http.request(`/officer/voters/${voter.id}/${verb}`, { method: "POST", json: {} });
      onDone();
    });
  return (
    <div className="row-actions">
      {voter.status === "approved" ? (
        <Button onPress={() => decide("suspend")} aria-label={text.suspendVoter(voter.name)}>
          {text.suspendShort}
        </Button>
      ) : (
        <Button onPress={() => decide("approve")} aria-label={text.approveVoter(voter.name)}>
          {text.approveShort}
        </Button>
      )}
      {voter.status === "pending" ? (
        <Button onPress={() => decide("reject")} aria-label={text.rejectVoter(voter.name)}>
          {text.rejectShort}
        </Button>
      ) : null}
    </div>
  );
}

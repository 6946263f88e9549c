/** What protects an election beyond its keys: second nodes, pinned files, re-issues, inquiries. */
import { useState } from "react";
import type { DraftBody } from "#api/management.js";
import { boothHash } from "#client/booth-files.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { useAsk } from "../ui/ask.js";
import { Checkbox } from "../ui/checkbox.js";
import type { FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";
import { rulesOf, wholeNumber } from "./rules.js";

const linesOf = (typed: string): string[] => typed.split("\n").map((line) => line.trim());

/** An origin that a content policy can name: scheme, host and port, nothing behind. */
function isNode(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && origin === address.replace(/\/$/, "");
}

export function faultsOfSafeguards(body: DraftBody, office: Rooms["office"]): FormError[] {
  const bad = (body.nodes ?? []).find((address) => !isNode(address));
  return bad === undefined ? [] : [{ id: "nodes", text: office.nodesBad(bad) }];
}

export function SafeguardsStep({ body, change, errorOf }: StepProps) {
  const { office } = useRoomWords();
  const http = useHttp();
  const rules = rulesOf(body);
  const [nodes, setNodes] = useState((body.nodes ?? []).join("\n"));
  const files = useAsk("booth-files", () => boothHash(http));
  return (
    <>
      <p>{office.safeguardsLead}</p>
      <TextArea
        id="nodes"
        ltr
        rows={2}
        label={office.nodes}
        description={office.nodesHint}
        value={nodes}
        onChange={(typed) => {
          setNodes(typed);
          change({ nodes: linesOf(typed).filter((line) => line !== "") });
        }}
        error={errorOf("nodes")}
      />
      <Checkbox
        label={office.pinBooth}
        description={office.pinBoothHint}
        isSelected={(body.booth ?? []).length > 0}
        isDisabled={files.value === undefined}
        onChange={(wanted) => change({ booth: wanted && files.value !== undefined ? [files.value] : [] })}
      />
      {(body.booth ?? []).map((hash) => (
        <p key={hash} dir="ltr">
          <code>{hash}</code>
        </p>
      ))}
      <TextField
        label={office.reissueCap}
        description={office.reissueCapHint}
        value={String(rules.reissue_cap)}
        onChange={(typed) => change({ rules: { ...rules, reissue_cap: wholeNumber(typed, 0, 10_000_000) } })}
        inputMode="numeric"
      />
      <TextField
        label={office.reissueHours}
        value={String(rules.reissue_delay_seconds / 3600)}
        onChange={(typed) => change({ rules: { ...rules, reissue_delay_seconds: 3600 * wholeNumber(typed, 0, 8760) } })}
        inputMode="numeric"
      />
      <TextField
        label={office.mismatchInquiry}
        value={String(rules.mismatch_inquiry)}
        onChange={(typed) => change({ rules: { ...rules, mismatch_inquiry: wholeNumber(typed, 1, 10_000_000) } })}
        inputMode="numeric"
      />
    </>
  );
}

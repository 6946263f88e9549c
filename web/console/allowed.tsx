/** What somebody's role does not allow is said in a sentence where it would stand; the server refuses it in any case. */
import type { ReactNode } from "react";
import { mayActAs, type OfficeRole } from "#api/actor.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { useOfficer } from "./officer.js";

/** Whether who is signed in has at least this role. */
export function useMay(least: OfficeRole): boolean {
  const officer = useOfficer();
  return officer !== undefined && mayActAs(officer.role, least);
}

/** The sentence, where the role is too little for what stands here; nothing where it is enough. */
export function MayNot({ least }: { least: OfficeRole }) {
  const { people: text } = useRoomWords();
  const officer = useOfficer();
  if (officer === undefined || mayActAs(officer.role, least)) return null;
  return <p className="may-not">{text.mayNot(text.roles[officer.role] ?? officer.role, text.roles[least] ?? least)}</p>;
}

/** Shows its content to those who may, and to others nothing. */
export function Allowed({ least, children }: { least: OfficeRole; children: ReactNode }) {
  return useMay(least) ? children : null;
}

/** A page that others than those who may have no use for. */
export function AllowedPage({ least, children }: { least: OfficeRole; children: ReactNode }) {
  const { console: office, people: text } = useRoomWords();
  const officer = useOfficer();
  if (officer === undefined || mayActAs(officer.role, least)) return children;
  return (
    <Page title={office.title}>
      <p className="may-not">{text.mayNotSee(text.roles[officer.role] ?? officer.role, text.roles[least] ?? least)}</p>
    </Page>
  );
}

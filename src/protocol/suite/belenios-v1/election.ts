/**
 * The election object of Belenios version 1 (belenios-format §6): reading, writing, fingerprint.
 *
 * The object is hashed as the bytes it has, so any JSON writer will do; what is read here is strict in fields, types and
 * duplicates all the same. Its fingerprint φ = unpadded Base64 of the text's SHA-256 enters every proof and signature.
 */
import { assert } from "#base/assert.js";
import {
  MAX_ANSWERS,
  MAX_ELECTION_STRING,
  MAX_ELECTION_TEXT,
  MAX_QUESTIONS,
  MAX_UUID_LENGTH,
  MIN_UUID_LENGTH,
} from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { GROUP_NAME, isIdentity, type Point, pointFromText, pointToText } from "#crypto/group.js";
import { sha256Base64 } from "#crypto/hash.js";
import {
  arrayOf,
  booleanOf,
  fields,
  integerOf,
  isUuid,
  items,
  type JsonFault,
  literalOf,
  type Node,
  readJson,
  refuse,
  stringOf,
  type Writable,
  writeJson,
} from "./json.js";

/** Choose `min` to `max` of the answers, or (where `blank`) cast a blank vote. */
export interface HomomorphicQuestion {
  readonly kind: "homomorphic";
  readonly question: string;
  readonly answers: readonly string[];
  readonly blank: boolean;
  readonly min: number;
  readonly max: number;
}

/** A kind of question that version 1 knows and this suite recognises, but neither votes on nor verifies. */
export interface UnsupportedQuestion {
  readonly kind: "unsupported";
  readonly type: "NonHomomorphic" | "Lists";
  readonly reason: string;
}

export type Question = HomomorphicQuestion | UnsupportedQuestion;

/** What an election object says, without what follows from its text. */
export interface ElectionFields {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly publicKey: Point;
  readonly questions: readonly Question[];
  readonly administrator?: string;
  readonly credentialAuthority?: string;
  /** Code and direction, as Belenios 3.3 writes them. */
  readonly language?: readonly [string, "ltr" | "rtl"];
}

export interface ElectionObject extends ElectionFields {
  /** The object's own text, exactly as hashed. */
  readonly text: string;
  /** φ. */
  readonly fingerprint: string;
}

export type ElectionFaultCode = "bad-form" | "unsupported-version" | "unsupported-group" | "bad-public-key";

export interface ElectionFault extends JsonFault {
  readonly code: ElectionFaultCode;
}

/** Groups that Belenios version 1 names and this suite does not carry; any other name is a toy or a mistake (row C-10). */
const KNOWN_GROUPS: readonly string[] = ["BELENIOS-2048", "RFC-3526-2048"];

/** Reads an election object. Never throws, on any text. */
export function electionFromText(text: string): Result<ElectionObject, ElectionFault> {
  const read = readJson(text, "tolerant", readElection, MAX_ELECTION_TEXT);
  if (!read.ok) return fail({ code: "bad-form", ...read.error });
  const { publicKeyText, version, group, ...rest } = read.value;
  if (version !== 1) {
    return fail({
      code: "unsupported-version",
      path: "version",
      reason: `crypto version ${version} is not supported yet`,
    });
  }
  if (group !== GROUP_NAME) {
    const reason = KNOWN_GROUPS.includes(group) ? "this group is not supported yet" : "not a group of this suite";
    return fail({ code: "unsupported-group", path: "group", reason: `${reason}; only ${GROUP_NAME} is` });
  }
  const publicKey = pointFromText(publicKeyText);
  if (publicKey === undefined || isIdentity(publicKey)) {
    const reason =
      publicKey === undefined ? "not a canonical element of the group" : "the neutral element is not a key";
    return fail({ code: "bad-public-key", path: "public_key", reason });
  }
  return ok({ ...rest, publicKey, text, fingerprint: sha256Base64(text) });
}

/** Writes an election object, fields in the order of the format. Only homomorphic questions can be written. */
export function electionToText(election: ElectionFields): string {
  assert(isUuid(election.uuid, MIN_UUID_LENGTH, MAX_UUID_LENGTH), "uuid out of form");
  assert(!isIdentity(election.publicKey), "the neutral element is not a key");
  return writeJson({
    version: 1,
    description: election.description,
    name: election.name,
    group: GROUP_NAME,
    public_key: pointToText(election.publicKey),
    questions: election.questions.map(questionValue),
    uuid: election.uuid,
    administrator: election.administrator,
    credential_authority: election.credentialAuthority,
    language: election.language,
  });
}

/** The questions, if all can be voted on; otherwise which one cannot, and why. */
export function homomorphicQuestions(
  questions: readonly Question[],
): Result<readonly HomomorphicQuestion[], { readonly question: number; readonly reason: string }> {
  const out: HomomorphicQuestion[] = [];
  for (const [index, question] of questions.entries()) {
    if (question.kind === "unsupported") return fail({ question: index, reason: question.reason });
    out.push(question);
  }
  return ok(out);
}

/** Number of 0/1 positions a vote on this question has: one for each answer, and a leading one where blank is allowed. */
export function choiceCount(question: HomomorphicQuestion): number {
  return question.answers.length + (question.blank ? 1 : 0);
}

function questionValue(question: Question): Writable {
  assert(question.kind === "homomorphic", "only homomorphic questions can be written");
  const { answers, blank, min, max } = question;
  assert(answers.length >= 1 && min >= 0 && min <= max && max <= answers.length, "question out of its limits");
  return { answers, blank: blank ? true : undefined, min, max, question: question.question };
}

function readElection(node: Node): Omit<ElectionFields, "publicKey"> & {
  readonly publicKeyText: string;
  readonly version: number;
  readonly group: string;
} {
  const required = ["version", "description", "name", "group", "public_key", "questions", "uuid"] as const;
  const read = fields(node, ...required, "administrator?", "credential_authority?", "language?");
  const uuid = stringOf(read.uuid);
  if (!isUuid(uuid, MIN_UUID_LENGTH, MAX_UUID_LENGTH)) refuse(read.uuid, "not a uuid of Base58 characters");
  return {
    version: integerOf(read.version),
    group: stringOf(read.group),
    publicKeyText: stringOf(read.public_key),
    uuid,
    name: stringOf(read.name, MAX_ELECTION_STRING),
    description: stringOf(read.description, MAX_ELECTION_STRING),
    questions: arrayOf(read.questions, readQuestion, 1, MAX_QUESTIONS),
    ...(read.administrator && { administrator: stringOf(read.administrator, MAX_ELECTION_STRING) }),
    ...(read.credential_authority && { credentialAuthority: stringOf(read.credential_authority, MAX_ELECTION_STRING) }),
    ...(read.language && { language: readLanguage(read.language) }),
  };
}

function readLanguage(node: Node): readonly [string, "ltr" | "rtl"] {
  const [code, direction] = items(node, 2, 2);
  return [stringOf(code as Node, 40), literalOf(direction as Node, "ltr", "rtl")];
}

function readQuestion(node: Node): Question {
  if (hasField(node, "type")) return readTypedQuestion(node);
  const read = fields(node, "answers", "blank?", "min", "max", "question");
  const answers = arrayOf(read.answers, (item) => stringOf(item, MAX_ELECTION_STRING), 1, MAX_ANSWERS);
  const max = integerOf(read.max, 0, answers.length);
  return {
    kind: "homomorphic",
    question: stringOf(read.question, MAX_ELECTION_STRING),
    answers,
    blank: read.blank !== undefined && booleanOf(read.blank),
    min: integerOf(read.min, 0, max),
    max,
  };
}

function readTypedQuestion(node: Node): UnsupportedQuestion {
  const read = fields(node, "type", "value", "extra?");
  const type = literalOf(read.type, "NonHomomorphic", "Lists");
  const kind = type === "Lists" ? "list questions" : "graded and ranked (non-homomorphic) questions";
  return { kind: "unsupported", type, reason: `${kind} are not supported yet` };
}

function hasField(node: Node, name: string): boolean {
  return node.value.kind === "object" && node.value.entries.some(([field]) => field === name);
}

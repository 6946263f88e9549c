/** CPU time of processes, as Linux counts it (`/proc`): what a figure cost, and whom. Elsewhere nothing is known. */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of a tick in `/proc/PID/stat`: the kernel's USER_HZ is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

/** Milliseconds of processor that a process has used, without its children; 0 when it cannot be read. */
export function cpuMs(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same for its main thread alone. */
export function mainThreadMs(pid: number): number {
  const text = read(`/proc/${pid}/task/${pid}/stat`);
  const fields = text === undefined ? [] : fieldsOf(text);
  return fields.length === 0 ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Processes of a name among those that this process started, and those that they started. */
export function descendantsNamed(name: string): number[] {
  const all = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(all)];
  return all(process.pid).filter((pid) => read(`/proc/${pid}/stat`)?.includes(`(${name}`));
}

/** Numbers of the processes that this one started and that run. */
export function childrenOf(pid: number): number[] {
  return listed("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => Number(statOf(each)?.[1]) === pid);
}

/** Fields behind the name, from the state on. */
function fieldsOf(text: string): readonly string[] {
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function statOf(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : fieldsOf(text);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The part of autocannon that the benches use; the package brings no types of its own. */
declare module "autocannon" {
  interface Options {
    readonly url: string;
    readonly method?: string;
    readonly connections?: number;
    readonly duration?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Replaces `[<id>]` in the body by another value in each request. */
    readonly idReplacement?: boolean;
  }
  interface Result {
    /** Seconds. */
    readonly duration: number;
    readonly errors: number;
    readonly non2xx: number;
    readonly "2xx": number;
    readonly "3xx": number;
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
  }
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default function autocannon(options: Options): Promise<Result>;
}

/** `psephos completion`: a script for the shell, made from the commands themselves. */
import type { Command } from "commander";
import { say } from "./terminal.js";

export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .description("a completion script for bash: source <(psephos completion)")
    .action(() => {
      say("_psephos() {");
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax
      say('  local words=("${COMP_WORDS[@]:1:COMP_CWORD-1}") cur="${COMP_WORDS[COMP_CWORD]}" path=""');
      say(`  COMPREPLY=(); local paths="|${pathsOf(program, "").join("|")}|"`);
      // Arguments and the values of options lead to no command: what is complete stays with the command before them.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax
      say('  for word in "${words[@]}"; do [[ "$paths" == *"|$path $word|"* ]] && path="$path $word"; done');
      say('  case "$path" in');
      for (const line of casesOf(program, "")) say(line);
      say("  esac");
      say("}");
      say("complete -o default -F _psephos psephos");
    });
}

function casesOf(command: Command, path: string): string[] {
  const words = [
    ...command.commands.map((sub) => sub.name()),
    ...command.options.map((option) => option.long ?? ""),
    "--help",
  ];
  const own = `    "${path}") COMPREPLY=($(compgen -W "${words.filter(Boolean).join(" ")}" -- "$cur")) ;;`;
  return [own, ...command.commands.flatMap((sub) => casesOf(sub, `${path} ${sub.name()}`))];
}

function pathsOf(command: Command, path: string): string[] {
  return command.commands.flatMap((sub) => {
    const own = `${path} ${sub.name()}`;
    return [own, ...pathsOf(sub, own)];
  });
}

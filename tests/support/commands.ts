/** Commands of the system, for tests that need more of it than most. */

/** Runs a command; fails with what it says. */
export async function run(...command: [string, ...string[]]): Promise<string> {
  const [program, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** Whether something can be done here; if not, says which tests are left out and why. */
export async function isPossible(what: string, attempt: () => Promise<void>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    Deno.stderr.writeSync(new TextEncoder().encode(`Tests with ${what} are left out: ${reason}\n`));
    return false;
  }
}

/** Where a shell is used: a terminal, or a pipe. */
export interface Console {
  /** Whether a person sits there, who is shown the menu and can be asked. */
  readonly isTerminal: boolean;
  /**
   * The next order that is typed; nothing at the end of the input.
   *
   * @param prompt shown before it, to people
   */
  readOrder(prompt: string): Promise<string | undefined>;
  /** The answer to a question; nothing at the end of the input. It is not remembered. */
  ask(question: string): Promise<string | undefined>;
  /** Changes the prompt of an order that is being typed. */
  changePrompt(prompt: string): void;
  /** Resolves when somebody wants what is going on to stop. */
  interrupted(): Promise<void>;
  /** Leaves the terminal as it was. */
  close(): void;
}

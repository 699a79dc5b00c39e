import type { Taskroom, TurnStatus } from "../../src/client/index";
import { Conversation } from "./conversation";
import type { ChatOptions } from "./options";
import { Prompt } from "./prompt";
import { type Question, readAnswer } from "./questions";
import { Screen } from "./screen";
import type { Item } from "./tell";

const HELP = `/stop     stops the running turn (as Ctrl-C does)
/history  the newest messages
/quit     leaves; the task goes on (as Ctrl-C does when nothing runs)
y, n      a yes or no, with a note after it, when a tool or a step waits for one
Anything else is a message, /slow or /long to the demo model too.`;

/** npm and the terminal may both pass on one Ctrl-C. */
const SAME_PRESS_MS = 100;
const STOPPED_EXIT_CODE = 130;

export class ChatProgram {
  readonly #taskId: string;
  readonly #options: ChatOptions;
  readonly #conversation: Conversation;
  readonly #screen: Screen;
  #prompt: Prompt | undefined;
  /** Messages given before the room was ready, and after that none. */
  #ready = false;
  #pressedAt = 0;
  #open = 0;
  #inputEnded = false;
  #exitCode = 0;

  constructor(taskroom: Taskroom, taskId: string, options: ChatOptions) {
    this.#taskId = taskId;
    this.#options = options;
    const watched = process.stdout.isTTY === true;
    this.#screen = new Screen({
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      watched,
      color: watched && !process.env.NO_COLOR,
    });
    this.#conversation = new Conversation(taskroom, taskId, {
      onItems: (items) => this.#show(items),
      onReady: () => this.#begin(),
      onEnd: (reason) => this.#leave(1, reason),
      onQuestion: (question) => this.#ask(question),
    });
  }

  start(): void {
    process.on("SIGINT", () => this.#interrupt());
  }

  /** The room is there for the first time. */
  #begin(): void {
    if (this.#ready) return;
    this.#ready = true;
    const { once, message } = this.#options;
    if (!once) this.#listen();
    if (message) this.#say(message);
  }

  #listen(): void {
    const visible = process.stdout.isTTY === true && process.stdin.isTTY === true;
    this.#note(`${this.#taskId}${visible ? ": type a message, or /help" : ""}`);
    this.#prompt = new Prompt(visible, {
      line: (text) => this.#line(text),
      interrupt: () => this.#interrupt(),
      end: () => this.#endOfInput(),
    });
    this.#prompt.show();
  }

  #line(text: string): void {
    if (text === "/quit") this.#leave(0);
    else if (text === "/help") this.#note(HELP);
    else if (text === "/stop") this.#stop();
    else if (text === "/history") this.#conversation.history();
    else if (text && !this.#answer(text)) this.#say(text);
    this.#prompt?.show();
  }

  #ask(question: Question | undefined): void {
    const how = this.#prompt
      ? "y or n, and a note if you like"
      : `Answer with: npm run chat -- --task ${this.#taskId}`;
    if (question) this.#note(`${question.text} ${how}`);
    this.#prompt?.ask(question !== undefined);
  }

  /** Whether the line was an answer to what the room asks. */
  #answer(text: string): boolean {
    const answer = readAnswer(text);
    return answer !== undefined && this.#conversation.answer(answer);
  }

  #stop(): void {
    if (!this.#conversation.stop()) this.#note("nothing runs that was not told to stop");
  }

  async #say(text: string): Promise<void> {
    this.#open += 1;
    const status = await this.#conversation.say(text);
    this.#open -= 1;
    this.#exitCode = exitCodeOf(status);
    if (this.#options.once || (this.#inputEnded && this.#open === 0)) this.#leave(this.#exitCode);
  }

  /** What was piped in is answered before we go. */
  #endOfInput(): void {
    this.#inputEnded = true;
    if (this.#open === 0) this.#leave(this.#exitCode);
  }

  #interrupt(): void {
    const now = Date.now();
    if (now - this.#pressedAt < SAME_PRESS_MS) return;
    this.#pressedAt = now;
    if (this.#conversation.stop()) return;
    // Leaving a conversation is no failure; a single answer that did not come is one.
    this.#leave(this.#options.once ? STOPPED_EXIT_CODE : 0);
  }

  #show(items: Item[]): void {
    // A single answer is wanted, not what was said before.
    if (items.length === 0 || (this.#options.once && !this.#ready)) return;
    this.#prompt?.hide();
    for (const item of items) this.#screen.show(item);
    if (!this.#screen.midLine) this.#prompt?.show();
  }

  #note(text: string): void {
    this.#show([{ kind: "note", text }]);
  }

  #leave(exitCode: number, reason?: string): void {
    this.#prompt?.close();
    this.#prompt?.hide();
    this.#prompt = undefined;
    const goesOn = this.#conversation.busy && !reason;
    if (reason) console.error(reason);
    if (goesOn)
      console.error(`The turn goes on. Come back: npm run chat -- --task ${this.#taskId}`);
    this.#conversation.close();
    process.exit(exitCode);
  }
}

function exitCodeOf(status: TurnStatus | undefined): number {
  if (status === "INTERRUPTED") return STOPPED_EXIT_CODE;
  return status === "COMPLETED" ? 0 : 1;
}

import * as z from "zod";
import { type TurnHook, turnHook } from "../../../../protocol/rooms/turn-hook";

const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  body: json.pipe(turnHook),
  secret: z.string(),
  told: z.string(),
  is_over: z.literal([0, 1]),
});
const COLUMNS = "body, secret, told, is_over";

export type KeptTurnHook = {
  hook: TurnHook;
  /** Headers as JSON, sealed. */
  secret: string;
  /** The log and the `seq` of what was told last; empty where nothing was. */
  told: string;
  /** What is told last waits, or is on its way. */
  isOver: boolean;
};

/** Whom turns are told to, one row for each name of a turn's. */
export class TurnHookTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put(hook: TurnHook, secret: string): void {
    const query = `INSERT INTO turn_hooks (id, task_id, turn_id, name, body, secret, told, is_over)
      VALUES (?, ?, ?, ?, ?, ?, '', 0)`;
    const { id, taskId, turnId, name } = hook;
    this.#sql.exec(query, id, taskId, turnId, name, JSON.stringify(hook), secret);
  }

  get(id: string): KeptTurnHook | undefined {
    return this.#read(`SELECT ${COLUMNS} FROM turn_hooks WHERE id = ?`, id)[0];
  }

  named(turnId: string, name: string): KeptTurnHook | undefined {
    const query = `SELECT ${COLUMNS} FROM turn_hooks WHERE turn_id = ? AND name = ?`;
    return this.#read(query, turnId, name)[0];
  }

  ofTurn(turnId: string): KeptTurnHook[] {
    return this.#read(`SELECT ${COLUMNS} FROM turn_hooks WHERE turn_id = ? ORDER BY id`, turnId);
  }

  ofTask(taskId: string): KeptTurnHook[] {
    return this.#read(`SELECT ${COLUMNS} FROM turn_hooks WHERE task_id = ?`, taskId);
  }

  /** Those for which something waits. */
  waiting(): KeptTurnHook[] {
    return this.#read(`SELECT ${COLUMNS} FROM turn_hooks WHERE id IN
      (SELECT webhook_id FROM deliveries WHERE status = 'pending')`);
  }

  count(turnId?: string): number {
    const where = turnId === undefined ? "" : "WHERE turn_id = ?";
    const query = `SELECT count(*) AS n FROM turn_hooks ${where}`;
    const found = this.#sql.exec(query, ...(turnId === undefined ? [] : [turnId])).one();
    return z.object({ n: z.int() }).parse(found).n;
  }

  mark(id: string, told: string, isOver: boolean): void {
    const query = "UPDATE turn_hooks SET told = ?, is_over = ? WHERE id = ?";
    this.#sql.exec(query, told, Number(isOver), id);
  }

  remove(id: string): void {
    this.#sql.exec("DELETE FROM turn_hooks WHERE id = ?", id);
  }

  #read(query: string, ...values: string[]): KeptTurnHook[] {
    // One row at fault must not stop the others.
    return this.#sql
      .exec(query, ...values)
      .toArray()
      .flatMap((stored) => {
        const { success, data } = row.safeParse(stored);
        if (!success) return [];
        const { body: hook, secret, told, is_over } = data;
        return [{ hook, secret, told, isOver: is_over === 1 }];
      });
  }
}

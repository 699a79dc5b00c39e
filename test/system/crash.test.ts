import { afterAll, beforeAll, describe } from "vitest";
import { Arena } from "./crash/arena";
import { changes } from "./crash/changes";
import { clients } from "./crash/clients";
import { farAgents } from "./crash/far-agents";
import { files } from "./crash/files";
import { forks } from "./crash/forks";
import { pipelines } from "./crash/pipelines";
import { rooms } from "./crash/rooms";
import { webhooks } from "./crash/webhooks";

const arena = new Arena();
beforeAll(() => arena.open());
afterAll(() => arena.close());

describe("rooms", () => rooms(arena));
describe("changes", () => changes(arena));
describe("forks", () => forks(arena));
describe("webhooks", () => webhooks(arena));
describe("far agents", () => farAgents(arena));
describe("pipelines", () => pipelines(arena));
describe("clients", () => clients(arena));
describe("files", () => files(arena));

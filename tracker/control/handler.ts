import { LanyardError, toErrorMessage } from "../../shared/mod.ts";
import { object, text } from "../../shared/fields.ts";
import { expositionType } from "../metrics/mod.ts";
import { isSameSecret } from "../same_secret.ts";
import { readJson } from "./body.ts";
import type { Governor } from "./governor.ts";

/** What a control port needs to answer requests. */
export interface HandlerOptions {
  /** The port that requests come in on. */
  port: number;
  /** What whoever may govern shows. */
  token: string;
  /** Who does it; requests wait until the tracker has started. */
  governor: Promise<Governor>;
  /** Told of a bug, whose text is not the requester's business. */
  onError(error: unknown): void;
}

type Action = (governor: Governor, request: Request) => Promise<Response> | Response;

/** What nobody needs the token for: it tells how much there is and no more. */
const open: Record<string, Action> = {
  "GET /healthz": async (governor) => {
    const verdict = await governor.health();
    return json(verdict, verdict.ok ? 200 : 503);
  },
  "GET /metrics": (governor) => plain(governor.metrics(), expositionType),
};

const who = object({ peer: text(256) });

const actions: Record<string, Action> = {
  "GET /status": (governor) => json(governor.status()),
  "GET /api/files": async (governor, request) => json(await governor.files(queryOf(request))),
  "GET /api/peers": async (governor, request) => json(await governor.peers(queryOf(request))),
  "POST /invite": (governor) => json(governor.invite()),
  "POST /invite/rotate": (governor) => json(governor.rotateInvite()),
  "POST /kick": async (governor, request) => json(governor.kick(await readWho(request))),
  "POST /ban": async (governor, request) => json(governor.ban(await readWho(request))),
  "POST /unban": async (governor, request) => json(governor.unban(await readWho(request))),
};

/** A request that gets no further, with the HTTP status that says why. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Answers the requests of the tracker's operator. Nothing is answered to who does not show the
 * token, but for numbers, nor to a web page that has its own name lead to this machine.
 */
export function controlHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await answer(request, options);
    } catch (error) {
      const isTheirs = error instanceof LanyardError || error instanceof Refusal;
      if (!isTheirs) options.onError(error);
      if (error instanceof Refusal) {
        return json({ code: "refused", message: error.message }, error.status);
      }
      const { code, message } = toErrorMessage(error);
      return json({ code, message }, httpStatus(code));
    }
  };
}

async function answer(request: Request, options: HandlerOptions): Promise<Response> {
  checkHost(request.headers.get("host"), options.port);
  const { pathname } = new URL(request.url);
  const route = `${request.method} ${pathname}`;
  const opened = known(open, route);
  if (opened !== undefined) return await opened(await options.governor, request);
  checkToken(request.headers.get("authorization"), options.token);
  const action = known(actions, route);
  if (action !== undefined) return await action(await options.governor, request);
  const isElse = [...Object.keys(actions), ...Object.keys(open)].some((one) =>
    one.endsWith(` ${pathname}`)
  );
  throw isElse
    ? new Refusal(405, `${request.method} is not for ${pathname}`)
    : new Refusal(404, "There is nothing of that name");
}

function known(routes: Record<string, Action>, route: string): Action | undefined {
  return Object.hasOwn(routes, route) ? routes[route] : undefined;
}

/** A page whose name was made to lead here (DNS rebinding) still sends that name. */
function checkHost(host: string | null, port: number): void {
  const own = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (host === null || !own.includes(host.toLowerCase())) {
    throw new Refusal(403, "This is for programs of this machine");
  }
}

function checkToken(authorization: string | null, token: string): void {
  const [, given = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (!isSameSecret(given, token)) throw new Refusal(401, "The token is missing or wrong");
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams;
}

async function readWho(request: Request): Promise<string> {
  return who.parse(await readJson(request.body), "body").peer;
}

function httpStatus(code: LanyardError["code"]): number {
  switch (code) {
    case "not-found":
      return 404;
    case "ambiguous":
    case "refused":
      return 409;
    case "too-many":
      return 413;
    case "internal":
      return 500;
    case "closed":
      return 503;
    default:
      return 400;
  }
}

function json(value: unknown, status = 200): Response {
  return plain(`${JSON.stringify(value)}\n`, "application/json", status);
}

function plain(body: string, type: string, status = 200): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": type,
      "cache-control": "no-store",
      // No page of another site may so much as load it.
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    },
  });
}

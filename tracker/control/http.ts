import {
  type ByteStream,
  decodeText,
  LanyardError,
  LineReader,
  syntaxError,
  toErrorMessage,
  Wire,
} from "../../shared/mod.ts";
import { bodyBytes } from "./body.ts";

/** Bytes of a line of a request: a header of ours has some 60, and one of a browser 4096. */
const lineBytes = 8192;
/** Headers of a request: browsers send some 20. */
const mostHeaders = 100;
/** Seconds that a request and the way back of its answer may take: both ends are this machine. */
const exchangeSeconds = 10;

const encoder = new TextEncoder();

/**
 * Answers one HTTP/1.1 request and ends the connection. Of HTTP there is just what programs need
 * that ask one thing at a time: no pipelining, no bodies in chunks. `Deno.serve` can do more, but
 * when descriptors run out it lets go of its port, and whoever takes it then is shown the token.
 *
 * @param seconds for all of it
 */
export async function answerHttp(
  stream: ByteStream,
  handle: (request: Request) => Promise<Response>,
  seconds = exchangeSeconds,
): Promise<void> {
  const wire = new Wire(stream, new LineReader(lineBytes));
  const timer = setTimeout(() => wire.close(), seconds * 1000);
  try {
    const response = await answer(wire, handle);
    if (response !== undefined) await send(wire, response);
    await wire.finish(bodyBytes);
  } catch (error) {
    // A remote that breaks off gets no answer, and nobody else has to know.
    if (!(error instanceof LanyardError)) throw error;
  } finally {
    clearTimeout(timer);
    wire.close();
  }
}

async function answer(
  wire: Wire,
  handle: (request: Request) => Promise<Response>,
): Promise<Response | undefined> {
  let request: Request | undefined;
  try {
    request = await readRequest(wire);
  } catch (error) {
    if (!(error instanceof LanyardError) || error.code === "closed") throw error;
    const { code, message } = toErrorMessage(error);
    return Response.json({ code, message }, { status: error.code === "too-many" ? 413 : 400 });
  }
  return request === undefined ? undefined : await handle(request);
}

/** @throws {LanyardError} `syntax`, `too-many`, `closed`. */
async function readRequest(wire: Wire): Promise<Request | undefined> {
  const first = await wire.readFirstLine();
  if (first === undefined) return undefined;
  const [, method, authority, target] =
    /^([A-Z]{1,16}) (?:http:\/\/([!-.0-~]+))?(\/[!-~]*) HTTP\/1\.[01]$/.exec(decodeText(first)) ??
      [];
  if (method === undefined || target === undefined) throw syntaxError("This is no HTTP request");
  const headers = await readHeaders(wire);
  // A whole address counts more than the header (RFC 9112, section 3.2.2).
  if (authority !== undefined) headers.set("host", authority);
  const body = await readBody(wire, headers);
  try {
    // The address is there for its path only: the header says whom the client meant.
    return new Request(`http://127.0.0.1${target}`, {
      method,
      headers,
      ...(body.length === 0 ? {} : { body }),
    });
  } catch (cause) {
    throw new LanyardError("syntax", "This is no HTTP request", { cause });
  }
}

async function readHeaders(wire: Wire): Promise<Headers> {
  const headers = new Headers();
  for (let count = 0; count <= mostHeaders; count++) {
    const line = await wire.readLine();
    if (line === undefined) throw new LanyardError("closed", "The request is not whole");
    const text = decodeText(line);
    if (text === "") return headers;
    addHeader(headers, text);
  }
  throw new LanyardError("too-many", `A request has at most ${mostHeaders} headers`);
}

/** One that comes twice holds both values then, and so fits nothing that is expected. */
function addHeader(headers: Headers, line: string): void {
  const [, name = "", value = ""] = /^([^\s:]+):[ \t]*(.*)$/.exec(line) ?? [];
  try {
    headers.append(name, value);
  } catch (cause) {
    throw new LanyardError("syntax", "A header is not well formed", { cause });
  }
}

async function readBody(wire: Wire, headers: Headers): Promise<Uint8Array<ArrayBuffer>> {
  if (headers.has("transfer-encoding")) throw syntaxError("A body has to say its length");
  const length = headers.get("content-length") ?? "0";
  if (!/^\d{1,15}$/.test(length)) throw syntaxError("The length of the body is not well formed");
  if (Number(length) > bodyBytes) {
    throw new LanyardError("too-many", `A body has at most ${bodyBytes} bytes`);
  }
  const body = new Uint8Array(Number(length));
  await wire.readFull(body);
  return body;
}

async function send(wire: Wire, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("content-length", String(body.length));
  headers.set("connection", "close");
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `HTTP/1.1 ${response.status} ${response.statusText}\r\n${lines}\r\n`;
  await wire.send(encoder.encode(head), body);
}

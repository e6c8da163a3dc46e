/** Typed calls to the REST API: paths, parameters, bodies and responses are checked against the schema. */
import type { paths } from "./schema.gen";
import { buildUrl } from "./url";
import type { ErrorBody } from "./values";

type HttpMethod = "get" | "post" | "patch" | "delete";
type PathWithMethod<M extends HttpMethod> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type ApiOperation<M extends HttpMethod, P extends keyof paths> = paths[P] extends Record<M, infer O> ? O : never;
type JsonContentOf<R> = R extends { content: { "application/json": infer B } } ? B : never;
type SuccessBodyOf<R> =
  R extends Record<200, infer A>
    ? JsonContentOf<A>
    : R extends Record<201, infer A>
      ? JsonContentOf<A>
      : R extends Record<202, infer A>
        ? JsonContentOf<A>
        : undefined;
export type ResponseBodyOf<M extends HttpMethod, P extends keyof paths> =
  ApiOperation<M, P> extends { responses: infer R } ? SuccessBodyOf<R> : never;
type ParametersOf<O, K extends "path" | "query"> = O extends { parameters: Record<K, infer V> }
  ? V
  : O extends { parameters: Partial<Record<K, infer V>> }
    ? V
    : never;
type RequestBodyOf<O> = O extends { requestBody?: { content: { "application/json": infer B } } } ? B : never;

export interface RequestInput<M extends HttpMethod, P extends keyof paths> {
  path?: ParametersOf<ApiOperation<M, P>, "path">;
  query?: ParametersOf<ApiOperation<M, P>, "query">;
  body?: RequestBodyOf<ApiOperation<M, P>>;
}

/** A failed request. The message is the server's, or the page's own if there was no response. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    readonly status = 0,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/**
 * Sends a request and returns the body of the response, or undefined for status 204. Throws ApiError if the request
 * fails.
 */
export async function call<M extends HttpMethod, P extends PathWithMethod<M>>(
  method: M,
  path: P,
  input: RequestInput<M, P> = {},
): Promise<ResponseBodyOf<M, P>> {
  const response = await send(method, buildUrl(path, input.path ?? {}, input.query ?? {}), input.body);
  if (!response.ok) throw await readError(response);
  return (response.status === 204 ? undefined : await response.json()) as ResponseBodyOf<M, P>;
}

/**
 * Uploads a file of the media type `kind`, and returns the body of the response. Throws ApiError if the upload fails.
 */
export async function upload<P extends PathWithMethod<"post">>(
  path: P,
  file: File,
  kind: string,
): Promise<ResponseBodyOf<"post", P>> {
  const response = await fetchOrThrow(path, { method: "POST", body: file, headers: { "Content-Type": kind } });
  if (!response.ok) throw await readError(response);
  return (await response.json()) as ResponseBodyOf<"post", P>;
}

async function send(method: HttpMethod, url: string, body: unknown): Promise<Response> {
  const requestOptions: RequestInit = { method: method.toUpperCase() };
  if (body !== undefined) {
    requestOptions.body = JSON.stringify(body);
    requestOptions.headers = { "Content-Type": "application/json" };
  }
  return fetchOrThrow(url, requestOptions);
}

async function fetchOrThrow(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw new ApiError("unreachable", "The server is not responding. Check that `make serve` is still running.");
  }
}

async function readError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as { error?: ErrorBody } | null;
  const error = body?.error;
  if (error) return new ApiError(error.code, error.message, error.details, response.status);
  return new ApiError("http", `The server answered ${response.status} without an explanation.`, {}, response.status);
}

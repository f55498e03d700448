// In: address, certificate, and functions that give the bodies. Out: a running health server with /healthz, /versions
// and /metrics (spec: cli-and-config.md §6.1). Answers to falco's webserver.cpp.

export interface WebserverOptions {
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  /** 0 takes a free port (tests). */
  readonly port: number;
  /** `k8s_healthz_endpoint`. */
  readonly healthzPath: string;
  /** Path of one PEM file with certificate and key, where `ssl_enabled`. */
  readonly certificate?: string;
  /** Body of /versions: one JSON object. */
  readonly versions: () => string;
  /** Body of /metrics, UTF-8 bytes; undefined answers 404 (metrics off, or sources not yet open). */
  readonly metrics: () => string | undefined;
}

export interface Webserver {
  /** The port it listens on. */
  readonly port: number;
  /** Stops listening and ends idle connections; requests that run are answered. */
  close(): Promise<void>;
}

/** Errors: WebserverError, whose message stands between `Runtime error: ` and `. Exiting.`. */
export type StartWebserver = (options: WebserverOptions) => Promise<Webserver>;

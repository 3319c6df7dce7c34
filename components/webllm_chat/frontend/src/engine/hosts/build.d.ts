/** Set by vite.config.ts. */
declare const __ENGINE_BUILD__: string;

/** What is known at once, or has to be waited for, as whoever keeps it has to ask for it or not. */
export type Awaitable<T> = T | Promise<T>;

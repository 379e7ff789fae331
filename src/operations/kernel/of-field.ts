import { AppError } from '../../core/errors.ts';

/** What a read by an id returns; a `NOT_FOUND` of it names the field of the input that the id was in. */
export async function ofField<T>(field: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND' || error.details.field !== 'id') throw error;
    throw new AppError('NOT_FOUND', error.message, { ...error.details, field }, error);
  }
}

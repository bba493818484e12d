import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';

export interface Person {
  name: string;
  age?: number;
}

/** Takes a person, and says all that is wrong with what is none. */
@Injectable()
export class PersonPipe implements PipeTransform<unknown, Person> {
  transform(value: unknown): Person {
    const { name, age } = (value ?? {}) as Partial<Record<keyof Person, unknown>>;
    const wrong: string[] = [];
    if (typeof name !== 'string' || name === '') {
      wrong.push('name should not be empty');
    }
    if (age !== undefined && typeof age !== 'number') {
      wrong.push('age must be a number');
    }
    if (wrong.length > 0) {
      throw new BadRequestException(wrong);
    }
    return { name: name as string, ...(age === undefined ? {} : { age: age as number }) };
  }
}

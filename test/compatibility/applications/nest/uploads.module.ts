import { Body, Controller, Module, Post, UploadedFile, UploadedFiles, UseInterceptors } from '@nestjs/common';
import { AnyFilesInterceptor, FileInterceptor } from '@nestjs/platform-express';

interface Uploaded {
  fieldname: string;
  originalname: string;
  mimetype: string;
  size: number;
}

/** By multer, which the platform of Express has. */
@Controller('uploads')
class UploadsController {
  @Post()
  @UseInterceptors(FileInterceptor('file', { limits: { fileSize: 32 * 1024 } }))
  one(@UploadedFile() file: Uploaded | undefined, @Body() fields: object): object {
    return { file: file ? [file.originalname, file.mimetype, file.size] : null, fields };
  }

  @Post('many')
  @UseInterceptors(AnyFilesInterceptor())
  many(@UploadedFiles() files: Uploaded[]): object {
    return files.map(({ fieldname, originalname, size }) => [fieldname, originalname, size]);
  }
}

@Module({ controllers: [UploadsController] })
export class UploadsModule {}

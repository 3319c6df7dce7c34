import { expose } from 'comlink';
import { DownloadService } from './service';

expose(new DownloadService());

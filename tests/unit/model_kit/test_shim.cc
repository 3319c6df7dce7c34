// The headers in shim/ as a filter over standard input, for test_shim.py.
#include <3rdparty/compiler-rt/builtin_fp16.h>
#include <runtime/metadata.h>
#include <src/support/base64.h>
#include <src/support/bytes_io.h>
#include <tvm/runtime/vm/executable.h>
#include <tvm/support/cuda/nvtx.h>

#include <iostream>
#include <iterator>
#include <stdexcept>

using namespace tvm;
using support::BytesInStream;
using support::BytesOutStream;

void Require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

// One value from the one stream to the other.
template <typename T>
T Copy(BytesInStream* in, BytesOutStream* out) {
  T value{};
  Require(in->Read(&value), "too short");
  out->Write(value);
  return value;
}

template <typename T>
void CopyArray(BytesInStream* in, BytesOutStream* out) {
  std::vector<T> values(Copy<uint64_t>(in, out));
  Require(in->ReadArray(values.data(), values.size()), "too short");
  out->WriteArray(values.data(), values.size());
}

void AtEnd(BytesInStream* in) {
  char c;
  Require(in->Read(&c, 1) == 0, "too long");
}

// As executable.cc has them, for the Serializer in executable.h.
void runtime::vm::VMFuncInfo::Save(support::Stream* out) const {
  out->Write(kind);
  out->Write(name);
  out->Write(start_instr);
  out->Write(end_instr);
  out->Write(num_args);
  out->Write(register_file_size);
  out->Write(param_names);
}

bool runtime::vm::VMFuncInfo::Load(support::Stream* in) {
  return in->Read(&kind) && in->Read(&name) && in->Read(&start_instr) && in->Read(&end_instr) && in->Read(&num_args) &&
         in->Read(&register_file_size) && in->Read(&param_names);
}

// As tensor.h reads one.
void CopyTensor(BytesInStream* in, BytesOutStream* out) {
  Require(Copy<uint64_t>(in, out) == runtime::kTVMTensorMagic, "not a tensor");
  Copy<uint64_t>(in, out);  // reserved
  Require(Copy<DLDevice>(in, out).device_type == kDLCPU, "not on the CPU");
  std::vector<int64_t> shape(Copy<int>(in, out));
  size_t bytes = (Copy<DLDataType>(in, out).bits + 7) / 8;
  Require(in->ReadArray(shape.data(), shape.size()), "too short");
  out->WriteArray(shape.data(), shape.size());
  for (int64_t extent : shape) bytes *= extent;
  std::string data(Copy<int64_t>(in, out), 0);
  Require(data.size() == bytes && in->Read(data.data(), bytes) == bytes, "not its size");
  out->Write(data.data(), bytes);
}

void Executable(const std::string& bytes, std::string* copy) {
  BytesInStream in(bytes);
  BytesOutStream out(copy);
  Copy<uint64_t>(&in, &out);     // magic number
  Copy<std::string>(&in, &out);  // version
  Copy<std::vector<runtime::vm::VMFuncInfo>>(&in, &out);
  Require(Copy<uint64_t>(&in, &out) == 0, "memory scopes");
  for (uint64_t left = Copy<uint64_t>(&in, &out); left; --left) {
    switch (Copy<int32_t>(&in, &out)) {
      case kTVMFFITensor:
        CopyTensor(&in, &out);
        break;
      case kTVMFFIShape:
        CopyArray<int64_t>(&in, &out);
        break;
      case kTVMFFIStr:
        CopyArray<uint8_t>(&in, &out);
        break;
      case kTVMFFIInt:
        Copy<int64_t>(&in, &out);
        break;
      case kTVMFFIFloat:
        Copy<double>(&in, &out);
        break;
      case kTVMFFIDataType:
        Copy<DLDataType>(&in, &out);
        break;
      default:
        Require(false, "a constant of another kind");
    }
  }
  Copy<std::vector<runtime::vm::Index>>(&in, &out);
  Copy<std::vector<runtime::vm::ExecWord>>(&in, &out);
  AtEnd(&in);
}

void Shaders(const std::string& bytes, std::string* copy) {
  BytesInStream in(bytes);
  BytesOutStream out(copy);
  const auto infos = Copy<ffi::Map<ffi::String, runtime::FunctionInfo>>(&in, &out);
  BytesInStream again = in;
  const auto sources = Copy<ffi::Map<ffi::String, ffi::String>>(&in, &out);  // keeps its order
  AtEnd(&in);
  std::unordered_map<std::string, std::string> unordered;
  Require(again.Read(&unordered) && unordered.size() == sources.size(), "unordered_map");
  Require(infos.size() == sources.size(), "as many kernels as shaders");
  for (const auto& entry : unordered) {
    Require(sources[entry.first] == entry.second, "unordered_map");
    Require(infos[entry.first]->name == ffi::String(entry.first), "name");
  }
}

// A library's modules in one: their tree, then each one's kind and bytes.
void Library(const std::string& bytes, std::string* copy) {
  BytesInStream in(bytes);
  BytesOutStream out(copy);
  Copy<uint64_t>(&in, &out);  // how long the rest is
  const auto tree = Copy<std::vector<uint64_t>>(&in, &out);
  Copy<std::vector<uint64_t>>(&in, &out);
  for (size_t i = 0; i + 1 < tree.size(); ++i) {
    const std::string kind = Copy<std::string>(&in, &out);
    if (kind == "_lib") continue;  // the library's own code
    std::string module, module_copy;
    Require(in.Read(&module), "too short");
    if (kind == "relax.VMExecutable") {
      Executable(module, &module_copy);
    } else if (kind == "webgpu") {
      Shaders(module, &module_copy);
    } else {
      throw std::runtime_error(kind);
    }
    std::cerr << kind << " " << module.size() << "\n";
    out.Write(module_copy);
  }
  AtEnd(&in);
}

template <typename From, typename To, typename Convert>
void Each(BytesInStream* in, BytesOutStream* out, Convert convert) {
  From value;
  while (in->Read(&value)) out->Write<To>(convert(value));
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const std::string input(std::istreambuf_iterator<char>(std::cin), {});
  std::string output;
  support::NVTXScopedRange range(what);
  BytesInStream in(input);
  BytesOutStream out(&output);
  if (what == "half_to_float") {
    Each<uint16_t, float>(&in, &out, __extendXfYf2__<uint16_t, uint16_t, 10, float, uint32_t, 23>);
  } else if (what == "float_to_half") {
    Each<float, uint16_t>(&in, &out, __truncXfYf2__<float, uint32_t, 23, uint16_t, uint16_t, 10>);
  } else if (what == "double_to_half") {
    Each<double, uint16_t>(&in, &out, __truncXfYf2__<double, uint64_t, 52, uint16_t, uint16_t, 10>);
  } else if (what == "to_base64") {
    support::Base64OutStream encode(&out);
    encode.Write(input.data(), input.size() / 2);  // in two goes
    encode.Write(input.data() + input.size() / 2, input.size() - input.size() / 2);
    encode.Finish();
  } else if (what == "from_base64") {
    support::Base64InStream decode(&in);
    decode.InitPosition();
    char chunk[7];
    while (const size_t size = decode.Read(chunk, sizeof(chunk))) output.append(chunk, size);
  } else if (what == "library") {
    Library(input, &output);
  } else {
    return 2;
  }
  std::cout << output;
}
